"""What the tokenizers library makes of hard texts, of pairs, and of the demo's text.

    python3 scripts/reference/tokenizers_golden_files.py BASE.gguf MINILM_FOLDER

writes Tests/Fixtures/tokenizers/smollm2.json and minilm.json; tokenizers_trained.py writes the others with this module.

Goldens hold, for the texts of `Tests/Fixtures/tokenizers/texts.json` in their order, ids without special tokens and the
decoded text; for pairs and lengths, ids and type ids with special tokens; and digests of the ids of 10,000 lines.
"""

import hashlib
import json
import pathlib
import random
import struct
import sys

from tokenizers import Tokenizer

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXTS = ROOT / "Tests/Fixtures/tokenizers/texts.json"
DEMO = ROOT / "data/sentiment/train.jsonl"
ROWS, CHUNK = 10_000, 500


def demo_texts():
    with DEMO.open(encoding="utf-8") as file:
        return [json.loads(line)["prompt"] for _, line in zip(range(ROWS), file)]


HARD = [
    "", " ", "  ", "a", "It's we're I'LL they'd can't 's 't", "a  b   c    d", "  lead and trail  ",
    "tab\tand\nnewline\r\nend\n\n", "x \n y", "   \n", "\n", "\r", "lone\rCR\r\rtwo", "\r\n\r\n", "a\r\nb", " \r\n \t x",
    "1 12 123 4567 3.14 ½ ² Ⅷ ٣", "12345678901234567890", "na\u00efve caf\u00e9", "nai\u0308ve cafe\u0301", "CAFÉ Ünïcödé ÅNGSTRÖM İstanbul ẞ ΣΑΣ",
    "👩‍👩‍👧‍👦 👍🏽 🇩🇪 ❤️ 🏳️‍🌈", "日本語の文章。中文", "混合text中文and日本", "ｆｕｌｌｗｉｄｔｈ　ＡＢＣ １２３", "한국어 텍스트 각 각", "مرحبا بالعالم שלום עולם",
    "हिन्दी पाठ क्षत्रिय", "ภาษาไทย", "Ελληνικά ΐ ὀξεῖα", "Русский й й", "NUL\u0000in\u0001side\u007f", "\u0000", "\u0000\u0000a",
    "a\u00a0b\u3000c\u2009d\u0085e\u180ef\u2028g\u2029h", "soft\u00adhyphen zero\u200bwidth\u200cnon\u200djoiner\u2060word\ufeffbom", "\ufffd\ufffdx",
    "<|im_start|>user\nhi<|im_end|>", "<|im_start|><|im_end|><|endoftext|>", "x<|im_end|>y <|im_end|> z", "<|im_start", "<s>[INST] hi [/INST]</s>",
    "[CLS] a [SEP] b [MASK] c [UNK] [PAD]", "[CLS", "a <mask> b<mask>c  <mask>  d", "<|begin_of_text|>x<|eot_id|>", "<tool_call>{}<tool_call>",
    "a film, afilm film films film", "wow wow  wow\twowx", "＜s＞ ［CLS］", "!!!???...,,,;;;", "foo_bar-baz/qux", "ﬁ ﬂ Å Å ㎏ ① ﷺ Ǆ",
    "supercalifragilisticexpialidocious" * 3, "a" * 99, "a" * 100, "a" * 101, "é" * 100, "e\u0301" * 101, "ab" * 3000, "the film " * 800, "\u0301\u0301", "e\u0301" * 5,
    "\ufeffbom", "'", "''s", " 's", "don’t", "a'sb", "'Sx 'RE 'Ve 'ſt", "``quoted''", "€100 $5 £3", "\u200b\u200d", "▁a▁▁b ▁ c▁", "▁", " ▁", "<0x41><0x0A>", "##ing ##",
    "\n\n\n", " \n\n ", "▁▁▁▁", "🤷🏾‍♀️" * 4, "Z̸̡a̷l̶g̵o̴", "\U0001e900\U0001e922 \U00011400", "ᾳ ᾼ ŉ ǰ", "!\u0301 \u0301", "\u1100\u1161\u11a8", "a\u0315\u0300\u05ae\u0062",
    "I didn't do not 've. It 's n't ' m , . ? !", "co\u0302\u0301te\u0323\u0302", "\u0958\u0958", "x\u2126\u212b", "3rd 2nd 1,000,000.00", "C++ C# .NET a@b.c http://x.y/z?q=1#f",
    "snake_case camelCase UPPER", "\u2581\u2581the", "tail \t\n", "\t\tif x:\n\t\t\treturn", "    def f():\n        pass\n", "…—–‘’“”«»", "Ⅳ ⅷ ㈱ ½¼", "\u10330\U00010330 \U0001d400 \U0001f600",
]


def random_texts(seed):
    generator = random.Random(seed)
    pools = [
        range(0x20, 0x7F), range(0x20, 0x7F), range(0x0, 0x30), range(0xA0, 0x250), range(0x300, 0x370), range(0x370, 0x5FF), range(0x900, 0x980),
        range(0x1E00, 0x2000), range(0x2000, 0x2070), range(0x2100, 0x2200), range(0x3000, 0x3100), range(0x3300, 0x3400), range(0x4E00, 0x4F00),
        range(0xAC00, 0xAD00), range(0xFB00, 0xFB50), range(0xFF00, 0xFFF0), range(0x1F1E6, 0x1F200), range(0x1F3FB, 0x1F400), range(0x1F600, 0x1F650),
    ]
    words = ["the", " ", "  ", " film", "▁", "\n", "'s", "e\u0301", "\u200d", "<s>", "[SEP]", "<|im_end|>", "12", "great", "!", "\r\n"]

    def unit():
        if generator.random() < 0.4:
            return generator.choice(words)
        return chr(generator.choice(generator.choice(pools)))

    return ["".join(unit() for _ in range(generator.randint(1, 30))) for _ in range(200)]


def texts():
    if not TEXTS.exists():
        TEXTS.write_text(json.dumps(HARD + random_texts(20261124), ensure_ascii=True, separators=(",\n", ":")) + "\n")
    return json.loads(TEXTS.read_text())


PAIR_TEXTS = [
    ("a great film", "it was boring and far too long"), ("", "b"), ("a", ""), ("", ""), ("the cast is great, the story is not", "no"),
    ("no", "the cast is great, the story is not"), ("a film " * 9, "a story " * 9), ("日本 café", "👩‍👩‍👧‍👦 don't"), ("x [SEP] y", "</s> z"),
]


def pairs(tokenizer):
    rows = []
    for first, second in PAIR_TEXTS:
        for pair in [None, second]:
            for length in [None, 5, 8, 9, 12, 16]:
                if length:
                    tokenizer.enable_truncation(length, strategy="longest_first")
                else:
                    tokenizer.no_truncation()
                encoded = tokenizer.encode(first, pair)
                rows.append({"text": first, "pair": pair, "maximum_length": length, "ids": encoded.ids, "type_ids": encoded.type_ids})
    tokenizer.no_truncation()
    return rows


def digest(rows):
    """SHA-256 of the rows' ids: each as four bytes, little-endian, 0xFFFFFFFF after each row."""
    return hashlib.sha256(b"".join(struct.pack(f"<{len(row) + 1}I", *row, 0xFFFFFFFF) for row in rows)).hexdigest()


def demo_digests(rows):
    assert len(rows) == ROWS
    chunks = [digest(rows[start : start + CHUNK])[:16] for start in range(0, ROWS, CHUNK)]
    return {"rows": ROWS, "tokens": sum(map(len, rows)), "sha256": digest(rows), "chunk": CHUNK, "chunks": chunks}


def write(tokenizer, path):
    tokenizer.no_padding()
    tokenizer.no_truncation()
    hard = []
    for text in texts():
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        hard.append({"ids": ids, "decoded": tokenizer.decode(ids, skip_special_tokens=False)})
    rows = [tokenizer.encode(text, add_special_tokens=False).ids for text in demo_texts()]
    goldens = {"demo": demo_digests(rows), "pairs": pairs(tokenizer), "hard": hard}
    path.write_text(to_json(goldens) + "\n")


def to_json(goldens):
    def lines(rows):
        return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=True, separators=(",", ":")) for row in rows) + "]"

    return "{" + ",\n".join(f'"{key}":{lines(value) if isinstance(value, list) else json.dumps(value)}' for key, value in goldens.items()) + "}"


def main():
    import tokenizers_goldens

    write(tokenizers_goldens.from_gguf(sys.argv[1]), TEXTS.parent / "smollm2.json")
    write(Tokenizer.from_file(f"{sys.argv[2]}/tokenizer.json"), TEXTS.parent / "minilm.json")


if __name__ == "__main__":
    main()
