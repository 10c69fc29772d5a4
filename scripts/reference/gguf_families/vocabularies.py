"""Vocabularies as small as the models, laid out as the real ones of each architecture are."""

import gguf
from tokenizers import pre_tokenizers

from .models import VOCABULARY

NORMAL, UNKNOWN, CONTROL, BYTE = (gguf.TokenType[name] for name in ("NORMAL", "UNKNOWN", "CONTROL", "BYTE"))
WORDS = "the a of it is was good bad film cast not and".split()


def write(writer, architecture):
    kinds = {"qwen2": byte_level, "qwen3": byte_level, "gpt2": byte_level, "llama": byte_level,
             "bert": word_piece}
    tokens, types = kinds.get(architecture, sentence_piece)(writer, architecture)
    assert len(tokens) == len(types) == len(set(tokens)) == VOCABULARY
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    # The end of text follows the beginning, but in BERT, whose [CLS] and [SEP] they are.
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(0)


def byte_level(writer, architecture):
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [("t", "h"), ("th", "e"), ("Ġ", "the"), ("i", "n"), ("Ġ", "a"), ("e", "r"), ("o", "n"), ("Ġ", "o")]
    pieces = special + alphabet + [left + right for left, right in merges]
    unused = [f"[UNUSED{number}]" for number in range(VOCABULARY - len(pieces))]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre({"gpt2": "gpt-2", "llama": "llama-bpe"}.get(architecture, "qwen2"))
    writer.add_token_merges([" ".join(merge) for merge in merges])
    writer.add_add_bos_token(False)
    types = [CONTROL] * 3 + [NORMAL] * (len(pieces) - 3) + [gguf.TokenType.UNUSED] * len(unused)
    return pieces + unused, types


def sentence_piece(writer, architecture):
    """SentencePiece with byte fallback: pieces have scores, and a space is ▁."""
    special = ["<pad>", "<bos>", "<eos>", "<unk>"] if architecture.startswith("gemma") else ["<unk>", "<s>", "</s>", "<|end|>"]
    types = [UNKNOWN if piece == "<unk>" else CONTROL for piece in special]
    bytes_ = [f"<0x{value:02X}>" for value in range(256)]
    pieces = ["▁" + word for word in WORDS] + list("▁etaoinsrhdlucm")
    pieces = pieces[:VOCABULARY - len(special) - 256]
    pieces += [f"<unused{number}>" for number in range(VOCABULARY - len(special) - 256 - len(pieces))]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_scores([0.0] * (len(special) + 256) + [-float(rank) for rank in range(len(pieces))])
    writer.add_unk_token_id(special.index("<unk>"))
    if architecture.startswith("gemma"):
        writer.add_add_space_prefix(False)
    return special + bytes_ + pieces, types + [BYTE] * 256 + [NORMAL] * len(pieces)


def word_piece(writer, architecture):
    """WordPiece as llama.cpp's converter turns it about: ▁ before a piece that begins a word, nothing for ##."""
    special = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = ["▁" + piece for piece in WORDS + [letter for letter in letters if letter not in WORDS]] + letters
    pieces += [f"[unused{number}]" for number in range(VOCABULARY - len(special) - len(pieces))]
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("jina-v2-en")
    writer.add_sep_token_id(2)
    writer.add_mask_token_id(4)
    writer.add_unk_token_id(3)
    return special + pieces, [CONTROL] * 5 + [NORMAL] * len(pieces)
