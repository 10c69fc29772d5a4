"""Small tokenizers of every kind, trained on the demo's text, and what the tokenizers library makes of texts with them.

    python3 scripts/reference/tokenizers_trained.py [KIND …]

Needs data/sentiment (`scripts/fetch`). Writes Tests/Fixtures/tokenizers-trained/KIND/tokenizer.json and goldens.json.
Training draws no random numbers, so each run writes the same files.
"""

import io
import json
import pathlib
import sys
import tempfile
import unicodedata

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

import tokenizers_golden_files

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "Tests/Fixtures/tokenizers-trained"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def special(*tokens, **options):
    return [AddedToken(token, special=True, normalized=False, **options) for token in tokens]


# Byte-level byte-pair encoding.


def byte_level(pre_tokenizer, special_tokens, size=2000, **options):
    tokenizer = Tokenizer(models.BPE(**options))
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=special_tokens, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(tokenizers_golden_files.demo_texts(), trainer)
    return tokenizer


def gpt2():
    return byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False), special("<|endoftext|>"))


def roberta():
    tokens = special("<s>", "<pad>", "</s>", "<unk>") + special("<mask>", lstrip=True)
    tokenizer = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False), tokens)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return tokenizer


def prefixed():
    """RoBERTa's with a space before each text, and words that are tokens only where nothing touches them."""
    tokenizer = byte_level(pre_tokenizers.ByteLevel(add_prefix_space=True), special("<s>", "</s>"), size=1000)
    tokenizer.add_tokens([AddedToken("film", single_word=True, normalized=False), AddedToken("wow", rstrip=True, normalized=True)])
    return tokenizer


def splitting(pattern):
    return pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )


def llama3():
    tokens = special("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
    tokenizer = byte_level(splitting(LLAMA3), tokens, ignore_merges=True)
    template = processors.TemplateProcessing(
        single="<|begin_of_text|> $A", pair="<|begin_of_text|> $A <|begin_of_text|>:1 $B:1", special_tokens=[("<|begin_of_text|>", 0)]
    )
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True), template])
    return tokenizer


def qwen2():
    tokenizer = byte_level(splitting(QWEN2), special("<|endoftext|>", "<|im_start|>", "<|im_end|>"))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_tokens([AddedToken("<tool_call>", special=False, normalized=False)])
    return tokenizer


def smollm():
    digits = pre_tokenizers.Digits(individual_digits=True)
    return byte_level(
        pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)]), special("<|endoftext|>", "<|im_start|>", "<|im_end|>")
    )


# WordPiece.


def bert(lowercase):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokens = special("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    tokenizer.train_from_iterator(
        tokenizers_golden_files.demo_texts(), trainers.WordPieceTrainer(vocab_size=3000, special_tokens=tokens, show_progress=False)
    )
    template = [("[CLS]", 2), ("[SEP]", 3)]
    if lowercase:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=template
        )
    else:
        tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


# SentencePiece.


def sentencepiece_model(kind, size, **options):
    """The pieces with their scores, and the compiled normalisation rules."""
    file = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(tokenizers_golden_files.demo_texts()), model_writer=file, model_type=kind, vocab_size=size,
        num_threads=1, minloglevel=2, max_sentence_length=100000, **options,
    )
    from sentencepiece import sentencepiece_model_pb2

    return sentencepiece_model_pb2.ModelProto.FromString(file.getvalue())


def normalisation_rules():
    """NFKC of the characters that the texts hold, composition included: nmt_nfkc itself compiles to 240 kB."""
    ranges = [(0xA0, 0x250), (0x1E00, 0x1F00), (0x2000, 0x2200), (0x2460, 0x24B0), (0x3000, 0x3100), (0x3300, 0x3360), (0xFB00, 0xFB07), (0xFF00, 0xFFF0)]
    rules = {"\t": " ", "\n": " ", "\r": " ", "\u0085": " ", "\u2028": " ", "\u2029": " ", "\u200b": " ", "\ufeff": "", "\u200c": "", "\x01": "", "\x7f": ""}
    for character in (chr(code) for first, end in ranges for code in range(first, end)):
        composed = unicodedata.normalize("NFKC", character)
        for spelling in {character, unicodedata.normalize("NFD", character)} - {composed}:
            rules.setdefault(spelling, composed)
    return rules


def write_rules(file):
    def code_points(text):
        return " ".join(f"{ord(character):X}" for character in text)

    file.write("".join(f"{code_points(key)}\t{code_points(value)}\n" for key, value in sorted(normalisation_rules().items())))
    file.flush()


def unigram_pieces(size, byte_fallback=False):
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        write_rules(file)
        return train_unigram(size, byte_fallback, normalization_rule_tsv=file.name)


def train_unigram(size, byte_fallback, **options):
    model = sentencepiece_model(
        "unigram", size, pad_id=0, bos_id=1, eos_id=2, unk_id=3, byte_fallback=byte_fallback,
        pad_piece="[PAD]", bos_piece="[CLS]", eos_piece="[SEP]", unk_piece="[UNK]", **options,
    )
    return [(piece.piece, piece.score) for piece in model.pieces], model.normalizer_spec.precompiled_charsmap


def deberta_v2():
    pieces, charsmap = unigram_pieces(3000)
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Strip(), normalizers.Precompiled(charsmap), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.add_special_tokens(special("[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return tokenizer


def xlm_roberta():
    """Unigram with byte fallback, and white space dropped before the words are marked."""
    pieces, charsmap = unigram_pieces(2000, byte_fallback=True)
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Precompiled(charsmap), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="first")])
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(prepend_scheme="first")])
    tokenizer.add_special_tokens(special("[CLS]", "[PAD]", "[SEP]", "[UNK]") + special("<mask>", lstrip=True))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] [SEP] $B [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return tokenizer


def character_pairs(size, **options):
    """SentencePiece's byte-pair encoding with byte fallback; merges as transformers' converter derives them."""
    model = sentencepiece_model(
        "bpe", size, normalization_rule_name="identity", byte_fallback=True, remove_extra_whitespaces=False, **options
    )
    scores = {piece.piece: piece.score for piece in model.pieces}
    vocabulary = {piece.piece: index for index, piece in enumerate(model.pieces)}
    merges = []
    for piece, score in scores.items():
        splits = [(piece[:i], piece[i:]) for i in range(1, len(piece)) if piece[:i] in vocabulary and piece[i:] in vocabulary]
        merges += [(*split, score) for split in sorted(splits, key=lambda split: (vocabulary[split[0]], vocabulary[split[1]]))]
    merges = [merge[:2] for merge in sorted(merges, key=lambda merge: (merge[2], len(merge[0]), len(merge[1])), reverse=True)]
    return Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))


def gemma():
    tokenizer = character_pairs(3000, allow_whitespace_only_pieces=True)
    tokenizer.normalizer = normalizers.Replace(" ", "\u2581")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.add_special_tokens(special("<s>", "</s>", "<unk>"))
    tokenizer.add_tokens([AddedToken("\n\n", special=False, normalized=False), AddedToken("\u2581\u2581", special=False, normalized=False)])
    tokenizer.post_processor = beginning("<s>", 1)
    return tokenizer


def beginning(token, number):
    return processors.TemplateProcessing(single=f"{token} $A", pair=f"{token} $A {token}:1 $B:1", special_tokens=[(token, number)])


def llama_decoder():
    return decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])


def llama2():
    tokenizer = character_pairs(3000)
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    tokenizer.decoder = llama_decoder()
    tokenizer.add_special_tokens(special("<unk>", "<s>", "</s>"))
    tokenizer.post_processor = beginning("<s>", 1)
    return tokenizer


def mistral():
    """The newer way to write Llama 2's: the sign before the text alone, as a pre-tokenizer."""
    tokenizer = character_pairs(2000, user_defined_symbols=["[INST]", "[/INST]"])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = llama_decoder()
    tokenizer.add_special_tokens(special("<unk>", "<s>", "</s>", "[INST]", "[/INST]"))
    tokenizer.post_processor = beginning("<s>", 1)
    return tokenizer


KINDS = {
    "gpt2": gpt2, "roberta": roberta, "prefixed": prefixed, "llama3": llama3, "qwen2": qwen2, "smollm": smollm,
    "bert-uncased": lambda: bert(True), "bert-cased": lambda: bert(False), "deberta-v2": deberta_v2, "xlm-roberta": xlm_roberta,
    "gemma": gemma, "llama2": llama2, "mistral": mistral,
}


def main():
    for kind in sys.argv[1:] or KINDS:
        folder = OUT / kind
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer = KINDS[kind]()
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        tokenizers_golden_files.write(tokenizer, folder / "goldens.json")
        print(kind, tokenizer.get_vocab_size(), (folder / "tokenizer.json").stat().st_size)


if __name__ == "__main__":
    main()
