"""The words that the tokenizers library's pre-tokenizers cut hard and random texts into.

    python3 scripts/reference/tokenizers_splits.py

Writes Tests/Fixtures/tokenizers/splits.json: texts of its own, and for each pre-tokenizer its JSON, as tokenizer.json has
it, with digests of the words of each ten of texts.json's texts and of its own. A digest is the first 12 digits of
the SHA-256 of all words' bytes, each as its length (four bytes, little-endian) before it, and 0xFFFFFFFF after each text.
"""

import hashlib
import json
import random
import struct

from tokenizers import Tokenizer, models, pre_tokenizers

import tokenizers_golden_files

OUT = tokenizers_golden_files.TEXTS.parent / "splits.json"
GROUP = 10

CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3 = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + SPACES
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"


def cased(suffix):
    return rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{suffix}|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{suffix}"


O200K = cased(CONTRACTIONS + "?") + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + SPACES
TEKKEN = cased("") + r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|" + SPACES
QWEN35 = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|" + SPACES
# The cased letters of DeepSeek LLM's tokenizer.json.
CASED_LETTERS = (
    "[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗ\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d"
    "ᾀ-ᾴᾶ-ᾼ\u1fbeῂ-ῄῆ-ῌῐ-\u1fd3ῖ-\u1fdbῠ-Ῥῲ-ῴῶ-ῼ\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e"
    "ↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]"
)
SIGNS = "[!-/:-~！-／：-～‘-‟\u3000-。]"
EAST_ASIAN = "[一-龥\u0800-一가-\ud7ff]"
DEEPSEEK_V3 = r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^LINE\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[LINE]*|\s*[LINE]+|\s+(?!\S)|\s+"""
BRANCHES = [
    CONTRACTIONS, "'(?i:[sdmt]|ll|ve|re)", "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])", "'s|'t|'re|'ve|'m|'ll|'d",
    r"[^\r\n\p{L}\p{N}]?\p{L}+", r"[^\r\n\p{L}\p{N}]?+\p{L}+", r"[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+", r"[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+",
    r" ?\p{L}+", r"\s?\p{L}+", r"\p{L}+", DEEPSEEK_V3.split("|[^LINE")[0], cased(""), cased(CONTRACTIONS + "?"), rf"\s?{CASED_LETTERS}+", EAST_ASIAN + "+",
    "[一-龥\u3040-ゟ゠-ヿ]+", r"\p{N}", r"\p{N}{1}", r"\p{N}{1,2}", r"\p{N}{1,3}", r"\p{N}+", r" ?\p{N}+", "[0-9][0-9][0-9]", "[0-9]{3}", "[0-9]",
    r" ?[^\s\p{L}\p{N}]+", r" ?[^\s\p{L}\p{N}\r\n]+", r" ?[^\s\p{L}\p{N}]+[\r\n]*", r" ?[^\s\p{L}\p{N}]++[\r\n]*", r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
    r" ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*", r" ?[\p{P}\p{S}]+[\r\n]*", r"\s?\p{P}+", rf"\s?{SIGNS}+", r"[\r\n]", r"\s*[\r\n]+", r"\s*[\r\n]", r"\s+(?!\S)", r"\s+",
    r"\s+$", r"\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$))", r"\d{1,3}(?=(?:\d{3})*\b)",
]


def split(expression, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"Regex": expression}, "behavior": behavior, "invert": invert}


def byte_level(splits):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": splits}


def sequence(*steps):
    return {"type": "Sequence", "pretokenizers": list(steps)}


DIGITS = {"type": "Digits", "individual_digits": True}


def families():
    """By the names that GGUF files have for them, or lorad's tests."""
    yield "gpt-2", byte_level(True)
    yield "smollm", sequence(DIGITS, byte_level(True))
    for name, expression in [
        ("llama-bpe", LLAMA3), ("qwen2", LLAMA3.replace("{1,3}", "")), ("qwen35", QWEN35), ("gpt-4o", O200K), ("tekken", TEKKEN),
    ]:
        yield name, sequence(split(expression), byte_level(False))
    coder = ["[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", EAST_ASIAN + "+"]
    yield "deepseek-coder", sequence(*map(split, coder), DIGITS, byte_level(False))
    llm = ["[\r\n]", rf"\s?{CASED_LETTERS}+", rf"\s?{SIGNS}+", r"\s+$", EAST_ASIAN + "+"]
    yield "deepseek-llm", sequence(*map(split, llm), DIGITS, byte_level(False))
    v3 = [r"\p{N}{1,3}", "[一-龥\u3040-ゟ゠-ヿ]+", DEEPSEEK_V3.replace("LINE", "\r\n")]
    yield "deepseek-v3", sequence(*map(split, v3), byte_level(False))
    yield "falcon", sequence({"type": "Punctuation", "behavior": "Contiguous"}, byte_level(True), {"type": "Digits", "individual_digits": False}, split("[0-9][0-9][0-9]"))
    # Not of GGUF files.
    yield "cl100k, matches kept", sequence(split(LLAMA3.replace(CONTRACTIONS, "'(?i:[sdmt]|ll|ve|re)"), "Removed", True), byte_level(False))
    yield "cl100k, lower-case contractions", split(LLAMA3.replace(CONTRACTIONS, "'s|'t|'re|'ve|'m|'ll|'d"))
    yield "bailing", split(r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+")
    yield "command-r7b", sequence(split(r"\d{1,3}(?=(?:\d{3})*\b)"), split(O200K), byte_level(False))
    yield "o200k removed", split(O200K, "Removed")
    yield "words joined to what is before", split(r"\s?\p{L}+", "MergedWithPrevious")
    yield "words joined to what follows", split(r"\s?\p{L}+", "MergedWithNext", True)
    yield "words and the rest", split(r"\s?\p{L}+", "Contiguous")
    for branch in BRANCHES:
        yield "branch " + branch, split(branch)


def stress_texts():
    generator = random.Random(20261128)
    units = [
        "a", "b", "Z", "É", "ß", "ǅ", "ª", "ʰ", "中", "か", "カ", "각", "ア", "é", "e\u0301", "\u0301", "\u20dd", "ा", "1", "2", "34", "567", "½", "²", "٣", "Ⅷ", "１",
        " ", " ", "  ", "\t", "\n", "\n", "\r\n", "\r", "\u00a0", "\u3000", "\u2028", "\u0085", "'s", "'S", "'ſ", "'ll", "'Re", "'VE", "'x", "'", "’", "!", "/", "//", "$", "+", "~", "|", "`",
        "_", "-", "—", "。", "！", "～", "ａ", "Ａ", "‘", "\u200d", "\u0000", "\u00ad", "\ue000", "\u0378", "👍", "<a", "Ა", "ა", "Ꭰ", "𝐀", "𐐀", "ა", "ᲀ", "ʔ", "ƻ", "the", "The", "THE", "theFilm", "HTTPServer",
    ]
    return ["".join(generator.choice(units) for _ in range(generator.randint(2, 16))) for _ in range(700)]


ALPHABET = Tokenizer(models.BPE())
PRINTABLE = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
# The byte that each character of ByteLevel's alphabet stands for.
SPELLED = {chr(byte): byte for byte in PRINTABLE} | {chr(0x100 + i): byte for i, byte in enumerate(sorted(set(range(256)) - set(PRINTABLE)))}


def words(tokenizer, is_byte_level, text):
    pieces = [piece for piece, _ in tokenizer.pre_tokenize_str(text)]
    return [bytes(SPELLED[character] for character in piece) if is_byte_level else piece.encode() for piece in pieces]


def digest(rows):
    data = b"".join(b"".join(struct.pack("<I", len(word)) + word for word in row) + b"\xff\xff\xff\xff" for row in rows)
    return hashlib.sha256(data).hexdigest()[:12]


def main():
    stress = stress_texts()
    texts = tokenizers_golden_files.texts() + stress
    entries = []
    for name, definition in families():
        holder = Tokenizer.from_str(json.dumps({**json.loads(ALPHABET.to_str()), "pre_tokenizer": definition}))
        cut = lambda text: words(holder.pre_tokenizer, "ByteLevel" in json.dumps(definition), text)
        groups = [texts[start : start + GROUP] for start in range(0, len(texts), GROUP)]
        entries.append({"name": name, "pre_tokenizer": definition, "digests": [digest([cut(text) for text in group]) for group in groups]})
    lines = ",\n".join(json.dumps(entry, ensure_ascii=True, separators=(",", ":")) for entry in entries)
    OUT.write_text('{"texts":' + json.dumps(stress, ensure_ascii=True, separators=(",", ":")) + f',\n"group":{GROUP},\n"entries":[\n{lines}]}}\n')
    print(len(entries), "pre-tokenizers,", OUT.stat().st_size, "bytes")


main()
