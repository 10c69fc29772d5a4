"""Writes Tests/Fixtures/evaluation: figures of Sources/Evaluation, computed the long way round.

Run: python scripts/reference/evaluation_values.py   (after llama_tiny.py, whose model and adapter it reads)

metrics.json needs the standard library alone: 50-digit decimals, and Wilson's interval as the roots of the equation
that defines it instead of its closed form. rows.jsonl and slices.json come from transformers and peft, one unbatched
forward pass for each row and choice, log-softmax in float64.
"""

import json
import math
import pathlib
from decimal import Decimal, getcontext
from statistics import NormalDist

import peft
import torch
import transformers

ROOT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
FOLDER = ROOT / "evaluation"
BINS = 15
getcontext().prec = 50


def log_sum_exp(values):
    return sum((Decimal(x).exp() for x in values), Decimal(0)).ln()


def kullback_leibler(p, q):
    p_log = [Decimal(x) - log_sum_exp(p) for x in p]
    q_log = [Decimal(x) - log_sum_exp(q) for x in q]
    return sum(a.exp() * (a - b) for a, b in zip(p_log, q_log))


def calibration_error(confidences, correct):
    """Bin by bin: the weighted gap of a bin's accuracy and its mean confidence, bins ((m-1)/15, m/15]."""
    total = 0.0
    for m in range(1, BINS + 1):
        members = [i for i, c in enumerate(confidences) if (m - 1) / BINS < c <= m / BINS or (m == 1 and c == 0)]
        if members:
            accuracy = sum(correct[i] for i in members) / len(members)
            confidence = sum(confidences[i] for i in members) / len(members)
            total += len(members) / len(confidences) * abs(accuracy - confidence)
    return total


def wilson(k, n):
    """The p with |k/n - p| = z sqrt(p (1 - p) / n), each by bisection from k/n outwards."""
    z, share = NormalDist().inv_cdf(0.975), k / n

    def root(inside, outside):
        for _ in range(200):
            p = (inside + outside) / 2
            inside, outside = (p, outside) if abs(share - p) <= z * math.sqrt(p * (1 - p) / n) else (inside, p)
        return inside

    return [0.0 if k == 0 else root(share, 0.0), 1.0 if k == n else root(share, 1.0)]


def metrics():
    rows = [[0.0, 0.0, 0.0], [1.5, -2.25, 0.125, 3.0], [700.0, 710.0, -800.0], [-1000.0, -1000.5]]
    pairs = [
        ([0.5, 1.0, -2.0], [0.5, 1.0, -2.0]),
        ([1.0, 2.0, 3.0, -1.0], [3.0, 1.0, 0.5, 0.0]),
        ([80.0, -80.0], [-80.0, 80.0]),
        ([0.0, 0.0, 1e-3], [0.0, 1e-3, 0.0]),
    ]
    calibrated = [
        ([0.9, 0.9, 0.9, 0.9], [True, True, False, True]),
        ([0.05, 0.34, 0.35, 0.61, 0.62, 0.97, 1.0, 0.72], [False, True, False, True, True, True, False, True]),
        ([0.4, 0.6, 0.8, 1.0, 0.2], [True, False, True, True, False]),
        ([0.0, 1.0], [True, True]),
    ]
    return {
        "log_sum_exp": [{"values": row, "expected": float(log_sum_exp(row))} for row in rows],
        "softmax": [
            {"values": row, "expected": [float((Decimal(x) - log_sum_exp(row)).exp()) for x in row]} for row in rows
        ],
        "kullback_leibler": [{"p": p, "q": q, "expected": float(kullback_leibler(p, q))} for p, q in pairs],
        "calibration_error": [
            {"confidences": c, "correct": k, "expected": calibration_error(c, k)} for c, k in calibrated
        ],
        "wilson": [
            {"successes": k, "trials": n, "expected": wilson(k, n)}
            for k, n in [(0, 1), (1, 1), (0, 20), (20, 20), (1, 10), (8, 10), (81, 263), (1499, 1500), (1, 100000)]
        ],
    }


CHOICES = [" positive", " negative", " not good"]
TEXTS = ["the film was good", "the cast", "it was bad and boring", "user says that", "Review: 7", "the assistant is"]


def rows():
    """Own completions of choices, in an order of slices that is not the names'."""
    names = ["news", "amazon", "movies"]
    return [
        {"prompt": text, "completion": CHOICES[index % 3], "domain": names[index % 2 if index < 4 else 2]}
        for index, text in enumerate(TEXTS)
    ]


class Model:
    def __init__(self, adapter=None):
        folder = ROOT / "llama-tiny" / "base"
        self.tokenizer = transformers.PreTrainedTokenizerFast.from_pretrained(folder)
        self.model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        if adapter:
            self.model = peft.PeftModel.from_pretrained(self.model, ROOT / "adapters" / adapter)
        self.model.eval()

    def encode(self, text):
        return self.tokenizer(text, add_special_tokens=False)["input_ids"]

    @torch.no_grad()
    def completion(self, prompt, completion):
        """Log-probability of each of the completion's tokens, and whether each is the largest logit."""
        given, scored = self.encode(prompt), self.encode(completion)
        logits = self.model(torch.tensor([given + scored])).logits[0].double()
        predicted = logits[len(given) - 1 : -1]
        logs = torch.log_softmax(predicted, dim=-1)
        values = [logs[i, token].item() for i, token in enumerate(scored)]
        return values, predicted.argmax(-1).tolist() == scored


def figures(members):
    """`members`: negative log-likelihood, tokens, correct, confidence or None."""
    tokens = sum(m[1] for m in members)
    loss = sum(m[0] for m in members) / tokens
    correct = [m[2] for m in members]
    result = {"rows": len(members), "tokens": tokens, "loss": loss, "perplexity": math.exp(loss),
              "accuracy": sum(correct) / len(correct), "accuracy_interval": wilson(sum(correct), len(correct))}
    if members[0][3] is not None:
        result["calibration_error"] = calibration_error([m[3] for m in members], correct)
    return result


def score(model, row, choices):
    values, is_greedy = model.completion(row["prompt"], row["completion"])
    if not choices:
        return -sum(values), len(values), is_greedy, None
    sums = [sum(model.completion(row["prompt"], choice)[0]) for choice in choices]
    winner = sums.index(max(sums))
    confidence = 1 / sum(math.exp(s - sums[winner]) for s in sums)
    return -sum(values), len(values), choices[winner] == row["completion"], confidence


def slices(data, choices, models):
    names = ["all"] + sorted({row["domain"] for row in data})
    result = [{"name": name} for name in names]
    for key, model in models.items():
        scores = [score(model, row, choices) for row in data]
        for entry in result:
            name = entry["name"]
            entry[key] = figures([s for s, row in zip(scores, data) if name in ("all", row["domain"])])
    return result


def greedy_rows(model):
    """Some completions are what the base says by itself, as far as it is text that tokenizes back."""
    data = rows()
    for row in data:
        ids = model.encode(row["prompt"])
        with torch.no_grad():
            token = model.model(torch.tensor([ids])).logits[0, -1].argmax().item()
        text = model.tokenizer.decode([token])
        if model.encode(text) == [token]:
            row["completion"] = text
    return data


def main():
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    models = {"base": Model(), "adapter": Model("all-linear")}
    data, greedy = rows(), greedy_rows(models["base"])
    for name, entries in [("rows", data), ("greedy_rows", greedy)]:
        (FOLDER / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in entries))
    values = {"choices": CHOICES, "with_choices": slices(data, CHOICES, models), "greedy": slices(greedy, [], models)}
    for name, value in [("metrics", metrics()), ("slices", values)]:
        (FOLDER / f"{name}.json").write_text(json.dumps(value, indent=1) + "\n")


if __name__ == "__main__":
    main()
