"""A BERT as llama.cpp's converter writes it: the encoder without its pooler, and the WordPiece vocabulary turned about."""

import sys
from pathlib import Path

import gguf

sys.path.append(str(Path(__file__).resolve().parents[1]))
from gguf_families import metadata, tensors  # noqa: E402


def turned(piece):
    """▁ before a piece that begins a word, nothing before one that goes on with it; pieces in brackets as they are."""
    if piece.startswith("[") and piece.endswith("]"):
        return piece
    return piece[2:] if piece.startswith("##") else "▁" + piece


def write(encoder, tokenizer, path):
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    special = set(tokenizer.get_added_tokens_decoder())
    pieces = [turned(piece) for piece, _ in vocabulary]
    pieces += [f"[unused{number}]" for number in range(encoder.config.vocab_size - len(pieces))]
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_type("model")
    metadata.write(writer, "bert", encoder.config)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("jina-v2-en")
    writer.add_token_list(pieces)
    writer.add_token_types([
        gguf.TokenType.CONTROL if number in special else gguf.TokenType.NORMAL for number in range(len(pieces))])
    for name, piece in [("bos", "[CLS]"), ("eos", "[SEP]"), ("sep", "[SEP]"), ("unk", "[UNK]"), ("pad", "[PAD]")]:
        getattr(writer, f"add_{name}_token_id")(tokenizer.token_to_id(piece))
    for name, array in tensors.converted("bert", encoder).items():
        writer.add_tensor(name, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
