/// What `tokenizer.ggml.pre` names, and what goes with the name.
///
/// A name stands for the tokenizer of the models that it came with, whose tokenizer.json is what is done here. Names that
/// llama.cpp treats alike are alike. https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp
struct GGUFPreTokenizer {
    let preTokenizer: PreTokenizer
    /// Whether a word that is a token needs no merging.
    var ignoresMerges = false
    /// Whether texts begin with a token unless the file says otherwise.
    var addsBeginning = false

    /// llama.cpp's `default`, also that of files without the key, is no model's own, and not among them.
    static let named: [String: GGUFPreTokenizer] = {
        var named: [String: GGUFPreTokenizer] = [:]
        for (names, preTokenizer) in families { for name in names { named[name] = preTokenizer } }
        return named
    }()

    /// The name to write; nil for a pre-tokenizer that llama.cpp does not have just so, or that ignores merges
    /// differently.
    static func name(of preTokenizer: PreTokenizer, ignoresMerges: Bool) -> String? {
        let preTokenizer = preTokenizer == .sequence([gpt2]) ? gpt2 : preTokenizer
        return ["smollm", "gpt-2", "llama-bpe", "qwen2", "qwen35"].first {
            named[$0]?.preTokenizer == preTokenizer && named[$0]?.ignoresMerges == ignoresMerges
        }
    }

    private static let families: [([String], GGUFPreTokenizer)] = [
        (
            [
                "gpt-2", "phi-2", "roberta-bpe", "mpt", "olmo", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de",
                "modern-bert", "trillion", "granite-docling", "exaone4",
            ], GGUFPreTokenizer(preTokenizer: gpt2)
        ),
        (
            ["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"],
            GGUFPreTokenizer(preTokenizer: .sequence([.digits(individually: true), gpt2]))
        ),
        (
            ["llama-bpe", "llama3", "llama-v3", "falcon3", "pixtral", "lfm2"],
            GGUFPreTokenizer(preTokenizer: llama3(digits: 3), ignoresMerges: true, addsBeginning: true)
        ),
        (["dbrx", "smaug-bpe"], GGUFPreTokenizer(preTokenizer: llama3(digits: 3))),
        (
            ["qwen2", "deepseek-r1-qwen", "stablelm2", "megrez", "hunyuan", "grok-2"],
            GGUFPreTokenizer(preTokenizer: llama3(digits: 1))
        ),
        (["qwen35"], GGUFPreTokenizer(preTokenizer: cutting([qwen35]))),
        (["gpt-4o", "llama4"], GGUFPreTokenizer(preTokenizer: cutting([o200k]))),
        (
            ["tekken"],
            GGUFPreTokenizer(preTokenizer: cutting([tekken]), ignoresMerges: true, addsBeginning: true)
        ),
        (["deepseek-llm"], GGUFPreTokenizer(preTokenizer: cutting(deepSeekLLM, then: digit))),
        (["deepseek-coder"], GGUFPreTokenizer(preTokenizer: cutting(deepSeekCoder, then: digit))),
        (["deepseek-v3", "hunyuan-dense"], GGUFPreTokenizer(preTokenizer: cutting(deepSeekV3))),
        (["falcon"], GGUFPreTokenizer(preTokenizer: falcon)),
    ]

    // MARK: Steps

    private static let gpt2 = PreTokenizer.byteLevel(prefixSpace: false, splits: true)
    private static let digit = PreTokenizer.digits(individually: true)

    private static func llama3(digits: Int) -> PreTokenizer {
        .sequence([
            .split(.llama3(digits: digits), .isolated, inverted: false), .byteLevel(prefixSpace: false, splits: false),
        ])
    }

    /// One regular expression after the other.
    private static func cutting(_ expressions: [String], then last: PreTokenizer? = nil) -> PreTokenizer {
        let splits = expressions.map { expression in
            guard let pattern = SplitPattern(expression: expression) else {
                preconditionFailure("\(expression) is not among the known expressions")
            }
            return PreTokenizer.split(pattern, .isolated, inverted: false)
        }
        return .sequence(splits + (last.map { [$0] } ?? []) + [.byteLevel(prefixSpace: false, splits: false)])
    }

    private static let falcon = PreTokenizer.sequence([
        .punctuation(.contiguous), gpt2, .digits(individually: false),
        .split(.alternatives(SplitAlternatives(branches: [.threeDigits])), .isolated, inverted: false),
    ])

    // MARK: Expressions, as tokenizer.json files spell them

    private static let lineEndsAndSpace = #"\s*[\r\n]+|\s+(?!\S)|\s+"#

    private static let qwen35 =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|"#
        + lineEndsAndSpace
    private static let o200k =
        CasedWord(takesContraction: true).spelling + #"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|"# + lineEndsAndSpace
    private static let tekken =
        CasedWord(takesContraction: false).spelling + #"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|"# + lineEndsAndSpace

    private static let deepSeekLLM = [
        #"[\r\n]"#, #"\s?"# + DeepSeekClasses.casedLetters.spelling + "+",
        #"\s?"# + DeepSeekClasses.signs.spelling + "+", TrailingSpace.expression,
        DeepSeekClasses.eastAsian.spelling + "+",
    ]
    private static let deepSeekCoder = [
        #"[\r\n]"#, #"\s?\p{L}+"#, #"\s?\p{P}+"#, DeepSeekClasses.eastAsian.spelling + "+",
    ]
    private static let deepSeekV3 = [
        #"\p{N}{1,3}"#, DeepSeekClasses.hanAndKana.spelling + "+",
        ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|"##
            + #" ?[\p{P}\p{S}]+[\r\n]*|"# + lineEndsAndSpace,
    ]
}
