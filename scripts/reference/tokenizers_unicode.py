"""The character classes and normalisation forms of the tokenizers library, measured over every scalar.

    python3 scripts/reference/tokenizers_unicode.py

Writes Tests/Fixtures/tokenizers/unicode.json: of each class its ranges, as first and last in turn; of each form a digest
of each block of 4,096 scalars, normalised with a line end between them.
"""

import hashlib
import json
import pathlib

from tokenizers import Regex, normalizers, pre_tokenizers

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/tokenizers/unicode.json"
SCALARS = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def ranges(matches):
    result = []
    for code in (ord(character) for character in SCALARS if matches(character)):
        if result and result[-1] == code - 1:
            result[-1] = code
        else:
            result += [code, code]
    return result


def removed_by(pre_tokenizer):
    return ranges(lambda character: not pre_tokenizer.pre_tokenize_str(character))


def parts_within_letters(pre_tokenizer, count):
    return ranges(lambda character: len(pre_tokenizer.pre_tokenize_str(f"a{character}a")) == count)


def classes():
    bert = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    clean, accents, chinese = (normalizers.BertNormalizer(**{**bert, name: True}) for name in ["clean_text", "strip_accents", "handle_chinese_chars"])
    marks = normalizers.StripAccents()
    return {
        "letter": removed_by(pre_tokenizers.Split(Regex(r"\p{L}"), "removed")),
        "number": removed_by(pre_tokenizers.Split(Regex(r"\p{N}"), "removed")),
        "space": removed_by(pre_tokenizers.Split(Regex(r"\s"), "removed")),
        "upper": removed_by(pre_tokenizers.Split(Regex(r"[\p{Lu}\p{Lt}]"), "removed")),
        "lower": removed_by(pre_tokenizers.Split(Regex(r"\p{Ll}"), "removed")),
        "uncased": removed_by(pre_tokenizers.Split(Regex(r"[\p{Lm}\p{Lo}]"), "removed")),
        "combining": removed_by(pre_tokenizers.Split(Regex(r"\p{M}"), "removed")),
        "punctuation": removed_by(pre_tokenizers.Split(Regex(r"\p{P}"), "removed")),
        "symbol": removed_by(pre_tokenizers.Split(Regex(r"\p{S}"), "removed")),
        "bert_removed": ranges(lambda character: clean.normalize_str(character) == ""),
        "bert_mark": ranges(lambda character: accents.normalize_str(character) == ""),
        "bert_chinese": ranges(lambda character: chinese.normalize_str(character) == f" {character} "),
        "bert_punctuation": parts_within_letters(pre_tokenizers.BertPreTokenizer(), 3),
        "numeric": parts_within_letters(pre_tokenizers.Digits(), 3),
        "word": parts_within_letters(pre_tokenizers.Whitespace(), 1),
        "expression_word": removed_by(pre_tokenizers.Split(Regex(r"\w"), "removed")),
        "mark": ranges(lambda character: marks.normalize_str(character) == ""),
    }


def digests(normalizer):
    blocks = ["\n".join(SCALARS[start : start + 4096]) for start in range(0, len(SCALARS), 4096)]
    return [hashlib.sha256(normalizer.normalize_str(block).encode()).hexdigest()[:8] for block in blocks]


def main():
    forms = {name: digests(getattr(normalizers, name)()) for name in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase"]}
    OUT.write_text(json.dumps({"classes": classes(), "forms": forms}, separators=(",", ":")).replace('],"', '],\n"') + "\n")


main()
