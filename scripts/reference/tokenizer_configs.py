"""What transformers' AutoTokenizer makes of the files beside tokenizer.json: which token ends a text, and the ids of texts.

    HF_HUB_OFFLINE=1 python3 scripts/reference/tokenizer_configs.py

Writes Tests/Fixtures/tokenizer-configs: a tokenizer.json of each kind, and goldens.json with the other files of every
variant, its token ids and its roles.
"""

import json
import logging
import os
import pathlib
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/tokenizer-configs"
TEXTS = [
    "Call <tool> now </tool>.", "a<tool>b", " <tool>  b", "plain text", "Plain Text CAFÉ naïve", "", " ", "red  blue\n stone",
    "<|im_start|>user\nHi<|im_end|>", "<|endoftext|>red<|endoftext|> blue", "[CLS] red [SEP] 中文", "<s>red</s> blue", "</s>", "<pad> <PAD>",
    "it's 12345", "x</TOOL>y",
]
CORPUS = [
    "the red stone is small. the blue river is large!", "a good review, a bad review: positive or negative?",
    "plain text calls the tool now. user says hi to the house and the door.", "caf\u00e9 na\u00efve Plain Text CAFE",
] * 20


def bytes_kind():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokenizer.train_from_iterator(
        CORPUS, trainers.BpeTrainer(vocab_size=300, special_tokens=special, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    )
    return tokenizer


def prefixed_kind():
    tokenizer = bytes_kind()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    return tokenizer


def wordpiece_kind():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    # Both spellings, so that every flag of the normaliser shows in the ids.
    cased = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    cased.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    cased.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    cased.train_from_iterator(
        CORPUS + ["\u4e2d\u6587 Hi text cafe naive plain"] * 20, trainers.WordPieceTrainer(vocab_size=180, special_tokens=special, show_progress=False)
    )
    tokenizer.model = models.WordPiece(cased.get_vocab(), unk_token="[UNK]")
    tokenizer.add_special_tokens(special)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def characters_kind(scheme="first", normalizes=False):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=scheme, split=False)
    special = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    split = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    split.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    split.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=400, special_tokens=special, show_progress=False))
    document = json.loads(split.to_str())
    document["added_tokens"] = document["added_tokens"][:3]
    document["pre_tokenizer"] = json.loads(tokenizer.to_str())["pre_tokenizer"]
    steps = [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    made = Tokenizer.from_str(json.dumps(document))
    made.decoder = decoders.Sequence(steps)
    if normalizes:
        made.pre_tokenizer = None
        made.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
        return Tokenizer.from_str(json.dumps(json.loads(made.to_str()) | {"pre_tokenizer": None}))
    return made


def unigram_kind(*steps):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*steps, pre_tokenizers.Metaspace(prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=120, special_tokens=special, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator([text.lower() for text in CORPUS], trainer)
    return tokenizer


KINDS = {
    "unigram-words": unigram_kind(pre_tokenizers.WhitespaceSplit()), "unigram": unigram_kind(),
    "bytes": bytes_kind(), "prefixed": prefixed_kind(), "wordpiece": wordpiece_kind(), "characters": characters_kind(),
    "characters-always": characters_kind("always"), "characters-normalizer": characters_kind(normalizes=True),
}


SENTENCE = {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "mask_token": "<unk>", "pad_token": "<pad>", "sep_token": "</s>", "unk_token": "<unk>"}
DEBERTA = {"tokenizer_class": "DebertaV2Tokenizer", "unk_id": 3} | SENTENCE


def flags(content, **other):
    return {"content": content, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True} | other


def without_added(kind, *contents):
    document = json.loads(KINDS[kind].to_str())
    document["added_tokens"] = [token for token in document["added_tokens"] if token["content"] not in contents]
    return document


def variants():
    fast = {"tokenizer_class": "PreTrainedTokenizerFast"}
    n = KINDS["bytes"].get_vocab_size()
    own = {str(id): flags(text) for id, text in enumerate(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])}
    llama = {"model_type": "llama", "vocab_size": n + 8, "eos_token_id": 2}
    gpt2 = {"model_type": "gpt2", "vocab_size": n + 8}
    bert = {"model_type": "bert", "vocab_size": 200}

    def byte(name, tokenizer_config=None, special=None, added=None, config=llama, kind="bytes", document=None):
        files = {"config.json": config}
        if tokenizer_config is not None: files["tokenizer_config.json"] = tokenizer_config
        if special is not None: files["special_tokens_map.json"] = special
        if added is not None: files["added_tokens.json"] = added
        if document is not None: files["tokenizer.json"] = document
        return name, kind, files

    # Which token ends a text.
    yield byte("eos-string", fast | {"eos_token": "<|im_end|>"})
    yield byte("eos-object", fast | {"eos_token": flags("<|im_end|>") | {"__type": "AddedToken"}})
    yield byte("eos-map", fast, {"eos_token": "<|im_end|>", "bos_token": "<|im_start|>"})
    yield byte("eos-map-object", fast, {"eos_token": flags("<|im_end|>")})
    yield byte("eos-map-wins", fast | {"eos_token": "<|endoftext|>"}, {"eos_token": "<|im_end|>"})
    yield byte("eos-map-ignored", fast | {"eos_token": "<|endoftext|>", "added_tokens_decoder": own}, {"eos_token": "<|im_end|>"})
    yield byte("eos-null", fast | {"eos_token": None}, config=llama | {"eos_token_id": None})
    yield byte("eos-none", fast, config=llama | {"eos_token_id": None})
    yield byte("eos-class", {"tokenizer_class": "GPT2Tokenizer"})
    yield byte("eos-class-fast", {"tokenizer_class": "GPT2TokenizerFast"})
    yield byte("eos-class-by-type", config=gpt2)
    yield byte("eos-class-in-config", {}, config=llama | {"tokenizer_class": "GPT2Tokenizer"})
    yield byte("eos-class-null", {"tokenizer_class": "GPT2Tokenizer", "eos_token": None}, config=gpt2)
    yield byte("eos-qwen2", {"tokenizer_class": "Qwen2Tokenizer"}, config={"model_type": "qwen2", "vocab_size": n + 8})
    yield byte("eos-vocabulary", fast | {"eos_token": "<|im_end|>"}, document=without_added("bytes", "<|im_end|>"))
    yield byte("eos-class-vocabulary", {"tokenizer_class": "GPT2Tokenizer"}, document=without_added("bytes", "<|endoftext|>"))
    yield byte("eos-new", fast | {"eos_token": "</s>"})
    yield byte("bert-roles", {"tokenizer_class": "BertTokenizer"}, config=bert, kind="wordpiece", document=without_added("wordpiece", "[CLS]", "[SEP]", "[MASK]"))
    yield byte("llama-roles", {"tokenizer_class": "LlamaTokenizer"}, kind="characters")

    # Added tokens outside tokenizer.json.
    tools = {str(n): flags("<tool>"), str(n + 1): flags("</tool>", special=False)}
    yield byte("decoder", fast | {"added_tokens_decoder": own | tools})
    yield byte("decoder-normalized", fast | {"added_tokens_decoder": own | {str(n): flags("<tool>", special=False, normalized=True)}})
    yield byte("decoder-order", fast | {"added_tokens_decoder": own | {str(n + 5): flags("<tool>"), str(n + 3): flags("</tool>")}})
    yield byte("decoder-partial", fast | {"added_tokens_decoder": tools})
    yield byte("decoder-word", fast | {"added_tokens_decoder": own | {"280": flags("red", single_word=True, special=False)}})
    stripping = {str(n): flags("<tool>", lstrip=True, rstrip=True)}
    yield byte("decoder-strips", fast | {"added_tokens_decoder": own | stripping})
    document = without_added("bytes")
    document["added_tokens"] += [flags("<tool>") | {"id": n}]
    yield byte("decoder-overrides", fast | {"added_tokens_decoder": own | stripping}, document=document)
    yield byte("decoder-other-name", fast | {"added_tokens_decoder": own | {str(n): flags("</tool>")}}, document=document)
    yield byte("decoder-special", fast | {"added_tokens_decoder": {"0": flags("<|endoftext|>", special=False)} | {k: own[k] for k in "12"}})
    yield byte("added-json", fast, added={"</tool>": n + 1, "<tool>": n})
    yield byte("added-json-special", fast | {"additional_special_tokens": ["</tool>"]}, added={"</tool>": n + 1, "<tool>": n})
    yield byte("added-json-ignored", fast | {"added_tokens_decoder": own}, added={"<tool>": n})
    yield byte("additional", fast | {"additional_special_tokens": ["<tool>", "</tool>"]})
    yield byte("additional-objects", fast | {"additional_special_tokens": [flags("<tool>", rstrip=True) | {"__type": "AddedToken"}]})
    yield byte("extra", fast | {"extra_special_tokens": ["</tool>", "<tool>"]})
    yield byte("extra-named", fast | {"extra_special_tokens": {"tool_token": "<tool>"}})
    yield byte("own-name", fast | {"tool_token": "<tool>"})
    yield byte("additional-and-extra", fast | {"additional_special_tokens": ["<tool>"], "extra_special_tokens": ["</tool>"]})
    yield byte("additional-map", fast, {"additional_special_tokens": ["<tool>"]})
    yield byte("pad-new", fast | {"pad_token": "<pad>"})
    yield byte("pad-and-additional", fast | {"additional_special_tokens": ["<tool>"], "pad_token": "<pad>"})

    # Flags of the classes.
    for name, other in {
        "default": {}, "cased": {"do_lower_case": False}, "accents": {"strip_accents": False}, "cased-accents": {"do_lower_case": False, "strip_accents": True},
        "chinese": {"tokenize_chinese_chars": False}, "lower": {"do_lower_case": True},
    }.items():
        yield byte(f"bert-{name}", {"tokenizer_class": "BertTokenizer"} | other, config=bert, kind="wordpiece")
    cased = without_added("wordpiece")
    cased["normalizer"] |= {"lowercase": False, "strip_accents": False, "handle_chinese_chars": False}
    yield byte("bert-file-cased", {"tokenizer_class": "BertTokenizer"}, config=bert, kind="wordpiece", document=cased)
    yield byte("bert-file-cased-by-type", config=bert, kind="wordpiece", document=cased)
    yield byte("bert-file-cased-fast", fast | {"do_lower_case": True}, config=bert, kind="wordpiece", document=cased)
    yield byte("bert-file-cased-llama", fast | {"do_lower_case": True}, kind="wordpiece", document=cased)
    for cls, type in [("GPT2Tokenizer", "gpt2"), ("GPT2Tokenizer", "opt"), ("RobertaTokenizer", "roberta"), ("DebertaTokenizer", "deberta"), ("PreTrainedTokenizerFast", "llama")]:
        for value in [True, False, None]:
            other = {} if value is None else {"add_prefix_space": value}
            for kind in ["bytes", "prefixed"]:
                special = {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "unk_token": "<|endoftext|>", "cls_token": "<|im_start|>", "sep_token": "<|im_end|>", "pad_token": "<|endoftext|>", "mask_token": "<|endoftext|>"}
                yield byte(f"prefix-{cls}-{type}-{kind}-{value}", {"tokenizer_class": cls} | special | other, config={"model_type": type, "vocab_size": n + 8}, kind=kind)
    for legacy in [None, True, False]:
        for value in [True, False, None]:
            other = ({} if value is None else {"add_prefix_space": value}) | ({} if legacy is None else {"legacy": legacy})
            for kind in ["characters", "characters-always", "characters-normalizer"]:
                yield byte(f"prefix-llama-{kind}-{value}-{legacy}", {"tokenizer_class": "LlamaTokenizer"} | other, config=llama | {"vocab_size": 408}, kind=kind)
    for value in [True, False, None]:
        other = {} if value is None else {"add_prefix_space": value}
        yield byte(f"prefix-xlm-{value}", {"tokenizer_class": "XLMRobertaTokenizer"} | other, config=llama | {"vocab_size": 130}, kind="unigram-words")
        yield byte(f"prefix-deberta-{value}", DEBERTA | other, config=llama | {"model_type": "deberta-v2", "vocab_size": 130}, kind="unigram")
    for value in [True, False]:
        yield byte(f"lower-deberta-{value}", DEBERTA | {"do_lower_case": value}, config=llama | {"model_type": "deberta-v2", "vocab_size": 130}, kind="unigram")
    yield byte("prefix-mistral", {"tokenizer_class": "LlamaTokenizer", "add_prefix_space": False}, config=llama | {"model_type": "mistral", "vocab_size": 408}, kind="characters")


def texts(kind):
    """DebertaV2Tokenizer normalises white space of its own, which is not what is looked at here."""
    return [text for text in TEXTS if kind != "unigram" or not ("  " in text or "\n" in text or text.endswith(" "))]


def answer(folder, files, kind):
    document = files.get("tokenizer.json") or json.loads(KINDS[kind].to_str())
    for name, content in (files | {"tokenizer.json": document}).items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    def id(token): return None if token is None else tokenizer.convert_tokens_to_ids(token)
    return {
        "class": type(tokenizer).__name__, "bos": id(tokenizer.bos_token), "eos": id(tokenizer.eos_token),
        "ids": [tokenizer.encode(text, add_special_tokens=False) for text in texts(kind)],
    }


def main():
    rows = []
    for name, kind, files in variants():
        with tempfile.TemporaryDirectory() as folder:
            rows.append({"name": name, "kind": kind, "files": files, "texts": [TEXTS.index(text) for text in texts(kind)]} | answer(pathlib.Path(folder), files, kind))
    OUT.mkdir(exist_ok=True)
    for kind, tokenizer in KINDS.items():
        (OUT / f"{kind}.json").write_text(tokenizer.to_str() + "\n")
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (OUT / "goldens.json").write_text(f'{{"texts": {json.dumps(TEXTS, ensure_ascii=False)}, "variants": [\n{lines}\n]}}\n')
    for row in rows: print(row["name"], row["class"], row["bos"], row["eos"])


main()
