import ModelFiles

/// What is known of transformers' tokenizer classes without their code: the special tokens that they have where no file
/// names any, and what their settings in tokenizer_config.json do.
///
/// As of transformers 5.23; `scripts/reference/tokenizer_configs.py` asks it.
struct TokenizerClass: Sendable {
    /// What settings such as `do_lower_case` and `add_prefix_space` act on.
    enum Kind: Sendable {
        /// Nothing.
        case plain
        /// `do_lower_case`, `strip_accents` and `tokenize_chinese_chars` of a BertNormalizer.
        case bert
        /// `add_prefix_space` of ByteLevel.
        case byteLevel
        /// `add_prefix_space` and `legacy` of a Metaspace, which the class puts in the place of the file's.
        case llama
        /// `add_prefix_space` of the file's own Metaspace, where it is given; without it a sign is put where `otherwise`
        /// says.
        case metaspace(otherwise: Metaspace.PrependScheme)
    }

    let kind: Kind
    /// Special tokens by their keys in tokenizer_config.json.
    let tokens: [String: String]

    /// The class that `AutoTokenizer` takes; nil for one that takes tokenizer.json as it is, or that lorad does not know.
    ///
    /// - Parameters:
    ///   - named: `tokenizer_class` of tokenizer_config.json, or else of config.json.
    ///   - family: what transformers has for the `model_type` of config.json; nil for one that lorad does not compute.
    ///   - isByteLevel: whether tokenizer.json is.
    static func resolve(named: String?, family: FamilyTokenizer?, isByteLevel: Bool) -> TokenizerClass? {
        let name = named.map { $0.hasSuffix("Fast") ? String($0.dropLast(4)) : $0 }
        // Many files of byte-level models name it, and it would have no use for their vocabulary.
        if name == "LlamaTokenizer", isByteLevel, family?.overridesFiles != true { return nil }
        guard let registered = family?.registered else { return name.flatMap { known[$0] } }
        guard let name, name != registered else { return known[registered] }
        if registered == FamilyTokenizer.generic { return nil }
        return known[family?.overridesFiles == true ? registered : name]
    }

    /// Whether lorad knows a class, or that it reads tokenizer.json as it is.
    static func knows(_ name: String) -> Bool { name == FamilyTokenizer.generic || known[name] != nil }

    private static let endOfText = "<|endoftext|>"
    private static let sentence = [
        "bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "mask_token": "<mask>", "pad_token": "<pad>",
        "sep_token": "</s>", "unk_token": "<unk>",
    ]
    private static let bert = [
        "cls_token": "[CLS]", "mask_token": "[MASK]", "pad_token": "[PAD]", "sep_token": "[SEP]", "unk_token": "[UNK]",
    ]
    private static let deberta = bert.merging(["bos_token": "[CLS]", "eos_token": "[SEP]"]) { one, _ in one }
    private static let gpt2 = ["bos_token": endOfText, "eos_token": endOfText, "unk_token": endOfText]
    private static let llama = ["bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"]

    private static let known: [String: TokenizerClass] = [
        "BertTokenizer": TokenizerClass(kind: .bert, tokens: bert),
        "CodeGenTokenizer": TokenizerClass(kind: .byteLevel, tokens: gpt2),
        "CodeLlamaTokenizer": TokenizerClass(kind: .plain, tokens: llama),
        "DebertaTokenizer": TokenizerClass(kind: .byteLevel, tokens: deberta),
        "DebertaV2Tokenizer": TokenizerClass(kind: .metaspace(otherwise: .first), tokens: deberta),
        "GPT2Tokenizer": TokenizerClass(kind: .byteLevel, tokens: gpt2),
        "GPTNeoXTokenizer": TokenizerClass(
            kind: .byteLevel, tokens: gpt2.merging(["pad_token": "<|padding|>"]) { one, _ in one }),
        "GemmaTokenizer": TokenizerClass(
            kind: .plain,
            tokens: [
                "bos_token": "<bos>", "eos_token": "<eos>", "mask_token": "<mask>", "pad_token": "<pad>",
                "unk_token": "<unk>",
            ]),
        "LlamaTokenizer": TokenizerClass(kind: .llama, tokens: llama),
        "Qwen2Tokenizer": TokenizerClass(
            kind: .byteLevel, tokens: ["eos_token": endOfText, "pad_token": endOfText, "unk_token": endOfText]),
        "RobertaTokenizer": TokenizerClass(kind: .byteLevel, tokens: sentence),
        "T5Tokenizer": TokenizerClass(
            kind: .plain, tokens: ["eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"]),
        "XLMRobertaTokenizer": TokenizerClass(kind: .metaspace(otherwise: .never), tokens: sentence),
    ]
}
