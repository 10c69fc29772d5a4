"""A WordPiece tokenizer small enough for a fixture: BERT's special tokens and template, letters, a few words."""

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

WORDS = ["good", "bad", "film", "a", "the"]


def word_piece(size, pad):
    """`pad`: the padding token's id; the others follow in BERT's order."""
    special = ["[CLS]", "[SEP]", "[UNK]"]
    special.insert(pad, "[PAD]")
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    pieces = special + WORDS[:2] + letters + ["##" + letter for letter in letters]
    pieces = [piece for piece in dict.fromkeys(pieces)][:size]
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])])
    tokenizer.add_special_tokens(special)
    return tokenizer
