"""Ragged batches and the completion-only loss."""

import torch

SENTENCES = [
    ("Review: the cast was great.\nSentiment:", " positive"),
    ("bad film", " negative"),
    ("1 é 😀?", " not negative"),
]
WORDS = "the film was good and cast bad great boring not it is".split()


def supervised(tokenizer, prompt, completion):
    """One row: its ids with end of text appended, and the index where the supervised ids begin."""
    before = tokenizer.encode(prompt, add_special_tokens=False)
    after = tokenizer.encode(completion, add_special_tokens=False)
    ids = before + after + [tokenizer.eos_token_id]
    return {"ids": ids, "completion_start": len(before)}


def evaluation_batch(tokenizer):
    return [supervised(tokenizer, *sentence) for sentence in SENTENCES]


def training_batches(tokenizer, steps, seed):
    """`steps` batches of one to four rows with three to fourteen words."""
    generator = torch.Generator().manual_seed(seed)

    def draw(low, high):
        return int(torch.randint(low, high, (1,), generator=generator))

    def row():
        words = " ".join(WORDS[draw(0, len(WORDS))] for _ in range(draw(3, 15)))
        completion = (" positive", " negative")[draw(0, 2)]
        return supervised(tokenizer, f"Review: {words}.\nSentiment:", completion)

    return [[row() for _ in range(draw(1, 5))] for _ in range(steps)]


def logits(model, batch):
    """[all tokens, vocabulary], the sequences end to end, each run by itself: no padding."""
    return torch.cat([model(torch.tensor([row["ids"]])).logits[0] for row in batch])


def label_logprobs(model, batch):
    """log p of every supervised id given those before it, in order, as one vector."""
    found = []
    for row in batch:
        ids = torch.tensor(row["ids"])
        scores = model(ids[None]).logits[0].log_softmax(-1)
        start = row["completion_start"]
        found.append(scores[start - 1 : -1].gather(1, ids[start:, None])[:, 0])
    return torch.cat(found)


def mean_loss(model, batch):
    """-log p, averaged over all supervised tokens of the batch."""
    return -label_logprobs(model, batch).mean()
