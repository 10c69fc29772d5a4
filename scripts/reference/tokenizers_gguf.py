"""GGUF vocabularies of each kind, made of the small trained tokenizers, as llama.cpp's converter writes them.

    python3 scripts/reference/tokenizers_gguf.py

Run it after tokenizers_trained.py. Writes Tests/Fixtures/tokenizers-gguf/KIND.gguf, which hold no tensors. What
llama3.gguf, qwen2.gguf and bert.gguf must give are the goldens of the tokenizers that they are made of; for llama.gguf,
whose merges follow from scores, sentencepiece itself writes llama.json.
"""

import io
import json
import pathlib

import gguf
import sentencepiece

import tokenizers_golden_files

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRAINED = ROOT / "Tests/Fixtures/tokenizers-trained"
OUT = ROOT / "Tests/Fixtures/tokenizers-gguf"
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6


def write(name, architecture, add):
    writer = gguf.GGUFWriter(str(OUT / f"{name}.gguf"), architecture)
    add(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()


def trained(kind):
    """Pieces, and their types by the added tokens."""
    data = json.loads((TRAINED / kind / "tokenizer.json").read_text())
    pieces = dict(data["model"]["vocab"])
    pieces.update({token["content"]: token["id"] for token in data["added_tokens"]})
    pieces = [piece for piece, _ in sorted(pieces.items(), key=lambda item: item[1])]
    types = [NORMAL] * len(pieces)
    for token in data["added_tokens"]:
        types[token["id"]] = CONTROL if token["special"] else USER_DEFINED
    return data, pieces, types


def byte_level(kind, pre, beginning=None):
    data, pieces, types = trained(kind)

    def add(writer):
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(pre)
        writer.add_token_list(pieces)
        writer.add_token_types(types)
        writer.add_token_merges([" ".join(merge) for merge in data["model"]["merges"]])
        if beginning is not None:
            writer.add_bos_token_id(beginning)
            writer.add_add_bos_token(True)

    write(kind, "llama", add)


def bert():
    """Pieces that begin a word get llama.cpp's phantom space, those that go on one lose their mark."""
    _, pieces, types = trained("bert-uncased")

    def phantom(piece):
        if piece.startswith("[") and piece.endswith("]"):
            return piece
        return piece[2:] if piece.startswith("##") else "\u2581" + piece

    def add(writer):
        writer.add_tokenizer_model("bert")
        writer.add_token_list([phantom(piece) for piece in pieces])
        writer.add_token_types(types)
        for name, piece in [("unk", "UNK"), ("sep", "SEP"), ("pad", "PAD"), ("bos", "CLS"), ("mask", "MASK")]:
            getattr(writer, f"add_{name}_token_id")(pieces.index(f"[{piece}]"))

    write("bert", "bert", add)


def llama():
    file = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(tokenizers_golden_files.demo_texts()), model_writer=file, model_type="bpe", vocab_size=2000, num_threads=1,
        minloglevel=2, normalization_rule_name="identity", byte_fallback=True, remove_extra_whitespaces=False,
    )
    processor = sentencepiece.SentencePieceProcessor(model_proto=file.getvalue())
    ids = range(processor.vocab_size())

    def kind(id):
        return UNKNOWN if processor.is_unknown(id) else CONTROL if processor.is_control(id) else BYTE if processor.is_byte(id) else NORMAL

    def add(writer):
        writer.add_tokenizer_model("llama")
        writer.add_token_list([processor.id_to_piece(id) for id in ids])
        writer.add_token_scores([processor.get_score(id) for id in ids])
        writer.add_token_types([kind(id) for id in ids])
        writer.add_bos_token_id(processor.bos_id())
        writer.add_eos_token_id(processor.eos_id())
        writer.add_unk_token_id(processor.unk_id())

    write("llama", "llama", add)
    texts = tokenizers_golden_files.texts()
    rows = [processor.encode(text) for text in tokenizers_golden_files.demo_texts()]
    goldens = {"demo": tokenizers_golden_files.demo_digests(rows), "hard": [{"ids": processor.encode(text)} for text in texts]}
    (OUT / "llama.json").write_text(tokenizers_golden_files.to_json(goldens) + "\n")


def main():
    OUT.mkdir(exist_ok=True)
    byte_level("gpt2", "gpt-2")
    byte_level("llama3", "llama-bpe", beginning=0)
    byte_level("qwen2", "qwen2")
    bert()
    llama()


main()
