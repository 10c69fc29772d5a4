import Foundation
import ModelFiles

/// Reads `tokenizer.json` of the Hugging Face tokenizers library by itself; what stands beside it is `TokenizerFolder`'s.
///
/// Its `truncation` and `padding` are not read: jobs say how long their texts may be, and nothing is padded.
/// https://huggingface.co/docs/tokenizers/components
enum TokenizerJSON {
    /// - Throws: `TokenizersError.missing` without the file, `.unsupported` naming a component that lorad does not have,
    ///   `.malformed`; `ModelFilesError.malformed` where it is no JSON.
    static func load(folder: ModelFolder) throws -> TokenizerDefinition {
        guard let json = try folder.json("tokenizer.json") else {
            throw TokenizersError(
                .missing, "\(folder.path) has no tokenizer.json.",
                advice: "Write one with transformers: AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER).")
        }
        return try read(json, source: folder.path(of: "tokenizer.json"))
    }

    /// The document, which has no roles.
    static func read(_ json: JSONValue, source: String) throws -> TokenizerDefinition {
        func part(_ key: String) -> Component { Component(value: json[key] ?? .null, role: key, source: source) }
        let (vocabulary, model) = try model(part("model"))
        var definition = TokenizerDefinition(
            source: source, vocabulary: vocabulary, model: model,
            addedTokens: try (json["added_tokens"]?.arrayValue ?? []).map {
                try addedToken(Component(value: $0, role: "added token", source: source))
            })
        definition.normalizer = try normalizer(part("normalizer"))
        definition.preTokenizer = try preTokenizer(part("pre_tokenizer"))
        definition.postProcessor = try postProcessor(part("post_processor"))
        definition.decoder = try decoder(part("decoder"))
        try check(definition)
        return definition
    }

    private static func addedToken(_ token: Component) throws -> AddedToken {
        let content = try token.string("content")
        guard !content.isEmpty else { throw TokenizersError.malformed(token.source, "has an added token of no text") }
        let special = try token.bool("special", default: false)
        return AddedToken(
            id: try token.integer("id"), content: content, singleWord: try token.bool("single_word", default: false),
            leftStrip: try token.bool("lstrip", default: false), rightStrip: try token.bool("rstrip", default: false),
            normalized: try token.bool("normalized", default: !special), special: special)
    }

    /// Real ones multiply a text by three, where a space becomes `▁`.
    private static let largestGrowth = 256.0

    /// Parts that are fine by themselves need not be together.
    private static func check(_ definition: TokenizerDefinition) throws {
        guard definition.normalizer.growth <= largestGrowth else {
            throw definition.malformed(
                "has a normalizer that makes texts more than \(Int(largestGrowth)) times as long")
        }
        if definition.preTokenizer.isByteLevel {
            guard case .bytePair = definition.model else {
                throw TokenizersError(
                    .unsupported, "\(definition.source) has a ByteLevel pre_tokenizer with a model other than BPE.")
            }
        }
    }
}
