import Common
import Foundation
import ModelFiles

/// A GGUF's vocabulary as the files of a Hugging Face folder.
package enum TokenizerFiles {
    /// Writes `tokenizer.json` and `tokenizer_config.json`, chat template included, into an existing folder.
    ///
    /// - Parameter base: a .gguf.
    /// - Throws: as `TokenizerLoader`; `SystemError.unwritable`; `TokenizersError.unsupported` where a role is that
    ///   of an ordinary token, `.malformed` where two tokens are spelled alike.
    package static func write(_ base: BaseModelFiles, to folder: String) throws {
        guard let gguf = base.gguf else { throw TokenizersError(.unsupported, "\(base.path) is not a .gguf file.") }
        let definition = try TokenizerGGUF.load(gguf, path: base.path)
        let document = JSONText.document(try tokenizer(definition))
        try AtomicFile.write(Data(document.utf8), to: folder + "/tokenizer.json")
        let config = JSONText.document(try configuration(definition, gguf, base.configuration))
        try AtomicFile.write(Data(config.utf8), to: folder + "/tokenizer_config.json")
    }

    /// The id of a GGUF's role, such as `bos`.
    package static func role(_ name: String, in gguf: GGUFFile) -> Int? {
        gguf.metadata["tokenizer.ggml.\(name)_token_id"]?.intValue
    }

    // MARK: tokenizer.json

    private static func tokenizer(_ definition: TokenizerDefinition) throws -> JSONValue {
        var seen = Set<[UInt8]>()
        for (piece, _) in definition.vocabulary where !seen.insert(Array(piece.utf8)).inserted {
            throw definition.malformed("spells two tokens \(piece.debugDescription)")
        }
        let added = definition.addedTokens.map { token in
            object([("id", .integer(token.id)), ("content", .string(token.content))] + flags(token))
        }
        return object(
            [
                ("version", .string("1.0")), ("truncation", .null), ("padding", .null),
                ("added_tokens", .array(added)),
            ] + (try steps(definition)))
    }

    /// What a text goes through, step by step.
    private static func steps(_ definition: TokenizerDefinition) throws -> [JSONObject.Member] {
        switch definition.model {
        case .bytePair(let pairs) where definition.preTokenizer.isByteLevel:
            let byteLevel = byteLevel(prefixSpace: addsPrefixSpace(definition), splits: true)
            return [
                ("normalizer", .null), ("pre_tokenizer", preTokenizer(definition.preTokenizer, byteLevel)),
                ("post_processor", try postProcessor(definition) ?? byteLevel), ("decoder", byteLevel),
                ("model", bytePairs(pairs, definition)),
            ]
        case .wordPiece(let pieces):
            return [
                ("normalizer", bertNormalizer), ("pre_tokenizer", object([("type", .string("BertPreTokenizer"))])),
                ("post_processor", try postProcessor(definition) ?? .null), ("decoder", wordPieceDecoder(pieces)),
                ("model", wordPieces(pieces, definition)),
            ]
        default:
            throw TokenizersError(
                .unsupported, "\(definition.source) has a vocabulary that lorad does not write as tokenizer.json.",
                advice: "Export gguf instead.")
        }
    }

    private static func bytePairs(_ pairs: BytePairDefinition, _ definition: TokenizerDefinition) -> JSONValue {
        object([
            ("type", .string("BPE")), ("dropout", .null), ("unk_token", .null), ("continuing_subword_prefix", .null),
            ("end_of_word_suffix", .null), ("fuse_unk", .bool(false)), ("byte_fallback", .bool(false)),
            ("ignore_merges", .bool(pairs.ignoresMerges)),
            ("vocab", vocabulary(definition)),
            // Pairs in one string, which releases of the library before 0.20 read too.
            ("merges", .array(pairs.merges.map { .string("\($0.left) \($0.right)") })),
        ])
    }

    private static func wordPieces(_ pieces: WordPieceDefinition, _ definition: TokenizerDefinition) -> JSONValue {
        object([
            ("type", .string("WordPiece")), ("unk_token", .string(pieces.unknownToken)),
            ("continuing_subword_prefix", .string(pieces.prefix)),
            ("max_input_chars_per_word", .integer(pieces.longestWord)), ("vocab", vocabulary(definition)),
        ])
    }

    private static func wordPieceDecoder(_ pieces: WordPieceDefinition) -> JSONValue {
        object([("type", .string("WordPiece")), ("prefix", .string(pieces.prefix)), ("cleanup", .bool(true))])
    }

    /// Of lower case without accents: a GGUF's WordPiece knows no other.
    private static let bertNormalizer = object([
        ("type", .string("BertNormalizer")), ("clean_text", .bool(true)), ("handle_chinese_chars", .bool(true)),
        ("strip_accents", .bool(true)), ("lowercase", .bool(true)),
    ])

    private static func vocabulary(_ definition: TokenizerDefinition) -> JSONValue {
        object(definition.vocabulary.map { ($0.piece, .integer($0.id)) })
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
        case .digits(let individually):
            object([("type", .string("Digits")), ("individual_digits", .bool(individually))])
        case .punctuation(let behavior):
            object([("type", .string("Punctuation")), ("behavior", .string(behavior.rawValue))])
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

    /// Adds the tokens that stand around texts; nil where there are none.
    private static func postProcessor(_ definition: TokenizerDefinition) throws -> JSONValue? {
        let ids = Set(definition.postProcessor.tokens)
        guard !ids.isEmpty else { return nil }
        let tokens = Dictionary(
            uniqueKeysWithValues: try ids.map { ($0, try special($0, as: "template's", definition)) })
        func part(_ part: PostProcessor.Part) -> JSONValue {
            let (kind, name, type) =
                switch part {
                case .token(let id, let type): ("SpecialToken", tokens[id]?.content ?? "", type)
                case .first(let type): ("Sequence", "A", type)
                case .second(let type): ("Sequence", "B", type)
                }
            return object([(kind, object([("id", .string(name)), ("type_id", .integer(type))]))])
        }
        let used = tokens.sorted { $0.key < $1.key }.map { id, token -> JSONObject.Member in
            let fields: [JSONObject.Member] = [
                ("id", .string(token.content)), ("ids", .array([.integer(id)])),
                ("tokens", .array([.string(token.content)])),
            ]
            return (token.content, object(fields))
        }
        return object([
            ("type", .string("TemplateProcessing")), ("single", .array(definition.postProcessor.single.map(part))),
            ("pair", .array(definition.postProcessor.pair.map(part))), ("special_tokens", object(used)),
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
            ("added_tokens_decoder", object(added)), ("model_max_length", .integer(model.maxPositions)),
            ("tokenizer_class", .string("PreTrainedTokenizerFast")),
        ]
        if case .wordPiece(let pieces) = definition.model {
            // In the order of a text: [CLS], the text, [SEP].
            let around = try definition.postProcessor.tokens.map { try special($0, as: "template's", definition) }
            members += [
                ("clean_up_tokenization_spaces", .bool(true)), ("unk_token", .string(pieces.unknownToken)),
                ("cls_token", around.first.map { .string($0.content) } ?? .null),
                ("sep_token", around.last.map { .string($0.content) } ?? .null),
                // Without it transformers gives a pair no token types.
                (
                    "model_input_names",
                    .array(["input_ids", "token_type_ids", "attention_mask"].map { .string($0) })
                ),
            ]
        } else {
            members += [
                ("add_bos_token", .bool(isSet("add_bos_token", gguf))),
                ("add_eos_token", .bool(isSet("add_eos_token", gguf))),
                ("add_prefix_space", .bool(addsPrefixSpace(definition))),
                ("clean_up_tokenization_spaces", .bool(false)),
                ("unk_token", try token("unknown", definition, gguf)),
            ]
        }
        for (role, key) in [("bos", "bos_token"), ("eos", "eos_token"), ("padding", "pad_token")] {
            members.append((key, try token(role, definition, gguf)))
        }
        if let template = gguf.metadata["tokenizer.chat_template"]?.stringValue {
            members.append(("chat_template", .string(template)))
        }
        return object(members)
    }

    /// A role's token; null where the vocabulary has no such role.
    private static func token(_ role: String, _ definition: TokenizerDefinition, _ gguf: GGUFFile) throws -> JSONValue {
        try Self.role(role, in: gguf).map { .string(try special($0, as: role, definition).content) } ?? .null
    }

    private static func special(_ id: Int, as role: String, _ definition: TokenizerDefinition) throws -> AddedToken {
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
