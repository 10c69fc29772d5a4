"""Tokenizers of a few kilobytes each, to be damaged by tests: every part of tokenizer.json that lorad reads is in one of them.

    python3 scripts/reference/tokenizers_tiny.py

Writes Tests/Fixtures/tokenizers-tiny/KIND/tokenizer.json.
"""

import io
import pathlib
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from tokenizers_trained import BYTES, LLAMA3, special

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/tokenizers-tiny"


def character_map():
    """SentencePiece's compiled form of a few rules."""
    file = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules:
        rules.write("9\t20\nA0\t20\nFF41\t61\nE9\t65 301\nFB01\t66 69\nAD\t\n")
        rules.flush()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["a b"] * 9), model_writer=file, model_type="char", vocab_size=6, hard_vocab_limit=False,
            minloglevel=2, normalization_rule_tsv=rules.name,
        )
    return sentencepiece_model_pb2.ModelProto.FromString(file.getvalue()).normalizer_spec.precompiled_charsmap


def unigram():
    pieces = [("[PAD]", 0.0), ("[CLS]", 0.0), ("[SEP]", 0.0), ("[UNK]", 0.0), ("\u2581", -3.0), ("a", -2.5), ("b", -2.75), ("ab", -3.5), ("\u2581a", -2.0), ("ba", -4.0)]
    tokenizer = Tokenizer(models.Unigram(pieces + [(byte, 0.0) for byte in BYTES], unk_id=3, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Strip(), normalizers.Precompiled(character_map()), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("isolated"), pre_tokenizers.Metaspace()])
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()])
    tokenizer.add_special_tokens(special("[PAD]", "[CLS]", "[SEP]", "[UNK]"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return tokenizer


def wordpiece():
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b", "ab", "##a", "##b", "##ab", "\u00e9", "e\u0301", "e", "!", "\u4e2d"]
    tokenizer = Tokenizer(models.WordPiece({piece: id for id, piece in enumerate(pieces)}, unk_token="[UNK]", max_input_chars_per_word=8))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(special("[PAD]", "[UNK]", "[CLS]", "[SEP]"))
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def characters():
    pieces = ["<unk>", "<s>", "</s>", *BYTES, "\u2581", "a", "b", "ab", "\u2581a", "\u2581ab", "\u0301", "a\u0301"]
    merges = [("a", "b"), ("\u2581", "a"), ("\u2581", "ab"), ("\u2581a", "b"), ("a", "\u0301")]
    tokenizer = Tokenizer(models.BPE({piece: id for id, piece in enumerate(pieces)}, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581"), normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens(special("<unk>", "<s>", "</s>"))
    tokenizer.add_tokens([AddedToken("bb", single_word=True, lstrip=True, normalized=True)])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])
    return tokenizer


def byte_level():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = ["<s>", "</s>", "<pad>", *alphabet, "ab", "\u0120a", "\u0120ab"]
    merges = [("a", "b"), ("\u0120", "a"), ("\u0120", "ab"), ("\u0120a", "b")]
    tokenizer = Tokenizer(models.BPE({piece: id for id, piece in enumerate(pieces)}, merges, ignore_merges=True))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(LLAMA3), "isolated"), pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(special("<s>", "<pad>") + special("</s>", rstrip=True))
    tokenizer.post_processor = processors.Sequence(
        [processors.ByteLevel(), processors.RobertaProcessing(("</s>", 1), ("<s>", 0), trim_offsets=True, add_prefix_space=False)]
    )
    return tokenizer


for kind in [unigram, wordpiece, characters, byte_level]:
    folder = OUT / kind.__name__.replace("_", "-")
    folder.mkdir(parents=True, exist_ok=True)
    kind().save(str(folder / "tokenizer.json"), pretty=False)
