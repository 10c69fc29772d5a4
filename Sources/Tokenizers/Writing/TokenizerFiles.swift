import Foundation
import ModelFiles

/// A GGUF's vocabulary as the files of a Hugging Face folder.
package enum TokenizerFiles {
    /// Writes `tokenizer.json` and `tokenizer_config.json`, chat template included, into an existing folder.
    ///
    /// - Parameter base: a .gguf.
    /// - Throws: as `TokenizerLoader`; `ModelFilesError.unwritable`; `TokenizersError.unsupported` where a role is that
    ///   of an ordinary token, `.malformed` where two tokens are spelled alike.
    package static func write(_ base: BaseModelFiles, to folder: String) throws {
        guard let gguf = base.gguf else { throw TokenizersError(.unsupported, "\(base.path) is not a .gguf file.") }
        let definition = try TokenizerGGUF.load(gguf, path: base.path)
        let document = JSONText.document(try tokenizer(definition, gguf))
        try AtomicFile.write(Data(document.utf8), to: folder + "/tokenizer.json")
        let config = JSONText.document(try configuration(definition, gguf, base.configuration))
        try AtomicFile.write(Data(config.utf8), to: folder + "/tokenizer_config.json")
    }

    /// The id of a GGUF's role, such as `bos`.
    package static func role(_ name: String, in gguf: GGUFFile) -> Int? {
        gguf.metadata["tokenizer.ggml.\(name)_token_id"]?.intValue
    }

    // MARK: tokenizer.json

    private static func tokenizer(_ definition: TokenizerDefinition, _ gguf: GGUFFile) throws -> JSONValue {
        guard case .bytePair(let bytePairs) = definition.model, definition.preTokenizer.isByteLevel else {
            throw TokenizersError(
                .unsupported, "\(definition.source) has a vocabulary that lorad does not write as tokenizer.json.",
                advice: "Export gguf instead.")
        }
        var seen = Set<[UInt8]>()
        for (piece, _) in definition.vocabulary where !seen.insert(Array(piece.utf8)).inserted {
            throw definition.malformed("spells two tokens \(piece.debugDescription)")
        }
        let added = definition.addedTokens.map { token in
            object([("id", .integer(token.id)), ("content", .string(token.content))] + flags(token))
        }
        let byteLevel = byteLevel(prefixSpace: addsPrefixSpace(definition), splits: true)
        let model: [JSONObject.Member] = [
            ("type", .string("BPE")), ("dropout", .null), ("unk_token", .null), ("continuing_subword_prefix", .null),
            ("end_of_word_suffix", .null), ("fuse_unk", .bool(false)), ("byte_fallback", .bool(false)),
            ("ignore_merges", .bool(bytePairs.ignoresMerges)),
            ("vocab", object(definition.vocabulary.map { ($0.piece, .integer($0.id)) })),
            // Pairs in one string, which releases of the library before 0.20 read too.
            ("merges", .array(bytePairs.merges.map { .string("\($0.left) \($0.right)") })),
        ]
        return object([
            ("version", .string("1.0")), ("truncation", .null), ("padding", .null), ("added_tokens", .array(added)),
            ("normalizer", .null),
            ("pre_tokenizer", preTokenizer(definition.preTokenizer, byteLevel)),
            ("post_processor", try postProcessor(definition, gguf) ?? byteLevel), ("decoder", byteLevel),
            ("model", object(model)),
        ])
    }

    private static func flags(_ token: AddedToken) -> [JSONObject.Member] {
        [
            ("single_word", .bool(token.singleWord)), ("lstrip", .bool(token.leftStrip)),
            ("rstrip", .bool(token.rightStrip)), ("normalized", .bool(false)), ("special", .bool(token.special)),
        ]
    }

    private static func byteLevel(prefixSpace: Bool, splits: Bool) -> JSONValue {
        object([
            ("type", .string("ByteLevel")), ("add_prefix_space", .bool(prefixSpace)), ("trim_offsets", .bool(true)),
            ("use_regex", .bool(splits)),
        ])
    }

    private static func addsPrefixSpace(_ definition: TokenizerDefinition) -> Bool {
        definition.normalizer == .prepend([0x20])
    }

    private static func preTokenizer(_ preTokenizer: PreTokenizer, _ byteLevel: JSONValue) -> JSONValue {
        switch preTokenizer {
        case .digits: object([("type", .string("Digits")), ("individual_digits", .bool(true))])
        case .sequence(let steps):
            object([
                ("type", .string("Sequence")),
                ("pretokenizers", .array(steps.map { Self.preTokenizer($0, byteLevel) })),
            ])
        case .split(let pattern, let behavior, let inverted):
            object([
                ("type", .string("Split")),
                ("pattern", object([("Regex", .string(pattern.expression ?? ""))])),
                ("behavior", .string(behavior.rawValue)), ("invert", .bool(inverted)),
            ])
        case .byteLevel(_, splits: false): Self.byteLevel(prefixSpace: false, splits: false)
        // A GGUF's vocabulary has no others.
        default: byteLevel
        }
    }

    /// Adds the tokens that texts begin and end with; nil where there are none.
    private static func postProcessor(_ definition: TokenizerDefinition, _ gguf: GGUFFile) throws -> JSONValue? {
        let begin = isSet("add_bos_token", gguf) ? try token("bos", definition, gguf) : nil
        let end = isSet("add_eos_token", gguf) ? try token("eos", definition, gguf) : nil
        guard begin != nil || end != nil else { return nil }
        func special(_ token: AddedToken, _ type: Int) -> JSONValue {
            object([("SpecialToken", object([("id", .string(token.content)), ("type_id", .integer(type))]))])
        }
        func part(_ name: String, _ type: Int) -> [JSONValue] {
            let sequence = object([("Sequence", object([("id", .string(name)), ("type_id", .integer(type))]))])
            return [begin.map { special($0, type) }, sequence, end.map { special($0, type) }].compactMap { $0 }
        }
        let used = begin?.id == end?.id ? [begin] : [begin, end]
        let tokens = used.compactMap { $0 }.map { token -> JSONObject.Member in
            let fields: [JSONObject.Member] = [
                ("id", .string(token.content)), ("ids", .array([.integer(token.id)])),
                ("tokens", .array([.string(token.content)])),
            ]
            return (token.content, object(fields))
        }
        return object([
            ("type", .string("TemplateProcessing")), ("single", .array(part("A", 0))),
            ("pair", .array(part("A", 0) + part("B", 1))), ("special_tokens", object(tokens)),
        ])
    }

    // MARK: tokenizer_config.json

    private static func configuration(
        _ definition: TokenizerDefinition, _ gguf: GGUFFile, _ model: ModelConfiguration
    ) throws -> JSONValue {
        let added = definition.addedTokens.map { token -> JSONObject.Member in
            (String(token.id), object([("content", .string(token.content))] + flags(token)))
        }
        var members: [JSONObject.Member] = [
            ("add_bos_token", .bool(isSet("add_bos_token", gguf))),
            ("add_eos_token", .bool(isSet("add_eos_token", gguf))),
            ("add_prefix_space", .bool(addsPrefixSpace(definition))), ("added_tokens_decoder", object(added)),
            ("clean_up_tokenization_spaces", .bool(false)), ("model_max_length", .integer(model.maxPositions)),
            ("tokenizer_class", .string("PreTrainedTokenizerFast")),
        ]
        for (role, key) in [
            ("bos", "bos_token"), ("eos", "eos_token"), ("padding", "pad_token"), ("unknown", "unk_token"),
        ] {
            members.append((key, try token(role, definition, gguf).map { .string($0.content) } ?? .null))
        }
        if let template = gguf.metadata["tokenizer.chat_template"]?.stringValue {
            members.append(("chat_template", .string(template)))
        }
        return object(members)
    }

    /// A role's token; nil where the vocabulary has no such role.
    private static func token(
        _ role: String, _ definition: TokenizerDefinition, _ gguf: GGUFFile
    ) throws -> AddedToken? {
        guard let id = Self.role(role, in: gguf) else { return nil }
        guard let token = definition.addedTokens.first(where: { $0.id == id }) else {
            throw TokenizersError(
                .unsupported, "\(definition.source) has the ordinary token \(id) as its \(role) token.",
                cause: "Made special, it would be found in texts that are not meant to hold it.",
                advice: "Export gguf instead.")
        }
        return token
    }

    private static func isSet(_ key: String, _ gguf: GGUFFile) -> Bool {
        gguf.metadata["tokenizer.ggml.\(key)"]?.boolValue ?? false
    }

    private static func object(_ members: [JSONObject.Member]) -> JSONValue { .object(JSONObject(members)) }
}
