"""SentencePiece's whole nmt_nfkc normaliser, as sentencepiece itself applies it.

    python3 scripts/reference/tokenizers_normaliser.py      (versions: requirements.txt; a minute)

Writes Tests/Fixtures/tokenizers/nmt_nfkc.bin, the compiled rules (240 kB), and nmt_nfkc.json: a digest of each block of
4,096 scalars, each normalised by itself, with line ends between them; and one of each 1,000 of the demo's first 10,000
texts. White space is neither trimmed nor marked. The tokenizers library's `Precompiled` gives the same, which is checked.
"""

import hashlib
import json
import pathlib

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import normalizers

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "Tests/Fixtures/tokenizers"
SCALARS = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
BLOCK, ROWS, CHUNK = 4096, 10_000, 1_000


def digests(texts, size, normalise):
    return [
        hashlib.sha256("\n".join(map(normalise, texts[start:start + size])).encode()).hexdigest()[:8]
        for start in range(0, len(texts), size)
    ]


def main():
    normaliser = sentencepiece.SentencePieceNormalizer(
        rule_name="nmt_nfkc", add_dummy_prefix=False, escape_whitespaces=False, remove_extra_whitespaces=False)
    model = sentencepiece_model_pb2.ModelProto.FromString(normaliser.serialized_model_proto())
    rules = model.normalizer_spec.precompiled_charsmap
    library = normalizers.Precompiled(rules)
    lines = (ROOT / "data/sentiment/train.jsonl").read_text(encoding="utf-8").splitlines()[:ROWS]
    rows = [json.loads(line)["prompt"] for line in lines]
    assert len(rows) == ROWS
    for text in SCALARS + rows:
        assert normaliser.Normalize(text) == library.normalize_str(text), ascii(text)
    (OUT / "nmt_nfkc.bin").write_bytes(rules)
    golden = {"scalars": digests(SCALARS, BLOCK, normaliser.Normalize), "rows": digests(rows, CHUNK, normaliser.Normalize)}
    (OUT / "nmt_nfkc.json").write_text(json.dumps(golden, separators=(",", ":")).replace('],"', '],\n"') + "\n")


main()
