"""Ids of hard texts by the tokenizers library: the tiny tokenizer of llama-tiny, and SmolLM2's rebuilt from its GGUF.

    python3 scripts/reference/tokenizers_goldens.py [BASE.gguf]

Writes Tests/Fixtures/tokenizers/hard_cases.json. Without a GGUF the entries of the real vocabulary are kept.
"""

import json
import pathlib
import random
import sys

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "Tests/Fixtures/tokenizers/hard_cases.json"
HARD = [
    "", " ", "a", "It's we're I'LL they'd can't 's 't", "a  b   c    d", "  lead and trail  ", "tab\tand\nnewline\r\nend\n\n",
    "x \n y", "   \n", "1 12 123 4567 3.14 ½ ² Ⅷ ٣", "naïve café", "nai\u0308ve cafe\u0301", "👩‍👩‍👧‍👦 👍🏽 🇩🇪", "日本語の文章。中文",
    "مرحبا بالعالم שלום עולם", "NUL\u0000in\u0001side\u007f", "a\u00a0b\u3000c\u2009d\u0085e\u180ef\u2028g\u2029h", "<|im_start|>user\nhi<|im_end|>",
    "<|im_start|><|im_end|><|endoftext|>", "x<|im_end|>y <|im_end|> z", "<|im_start", "!!!???...,,,;;;", "foo_bar-baz/qux", "ﬁ ﬂ Å Å",
    "supercalifragilisticexpialidocious" * 3, "e\u0301" * 5, "\ufeffbom", "'", "''s", " 's", "don’t", "a'sb", "€100 $5 £3", "\u200b\u200d",
]


def random_texts():
    generator = random.Random(20261123)
    pools = [range(0x20, 0x7F), range(0x0, 0x20), range(0xA0, 0x250), range(0x370, 0x5FF), range(0x2000, 0x2070), range(0x4E00, 0x4F00), range(0x1F600, 0x1F650)]
    return ["".join(chr(generator.choice(generator.choice(pools))) for _ in range(generator.randint(1, 40))) for _ in range(200)]


def from_gguf(path):
    import gguf

    fields = gguf.GGUFReader(path).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    types = fields["tokenizer.ggml.token_type"].contents()
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token, kind in zip(tokens, types) if kind == 3])
    return tokenizer


def goldens(tokenizer):
    rows = []
    for text in HARD + random_texts():
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        rows.append({"text": text, "ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=False)})
    return rows


def main():
    result = json.loads(OUT.read_text()) if OUT.exists() else {}
    result["tiny"] = goldens(Tokenizer.from_file(str(ROOT / "Tests/Fixtures/llama-tiny/base/tokenizer.json")))
    if len(sys.argv) > 1:
        result["smollm2"] = goldens(from_gguf(sys.argv[1]))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(result, ensure_ascii=True, indent=0) + "\n")


if __name__ == "__main__":
    main()
