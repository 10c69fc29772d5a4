import Foundation
import ModelFiles

/// A folder's tokenizer as the metadata that a GGUF carries, with the keys and types of llama.cpp's converter.
///
/// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#tokenizer
package enum GGUFVocabulary {
    private typealias TokenType = TokenizerGGUF.TokenType

    /// The keys under `tokenizer.`. Rows of the embedding that no token has become unused tokens, as llama.cpp has them.
    ///
    /// - Parameter base: a Hugging Face folder.
    /// - Throws: as `TokenizerLoader`; `TokenizersError.unsupported` naming what a GGUF has no way to say.
    package static func metadata(of base: BaseModelFiles) throws -> [String: GGUFValue] {
        let folder = try TokenizerFolder(base.folder)
        let definition = folder.definition
        let (pre, model) = try parts(definition)
        let (pieces, types) = try tokens(definition, count: base.configuration.vocabularySize)
        let merges = try model.merges.map { left, right in
            guard !left.utf8.contains(0x20), !right.utf8.contains(0x20) else {
                throw unsupported(definition, "has merges of pieces with spaces")
            }
            return GGUFValue.string("\(left) \(right)")
        }
        var metadata: [String: GGUFValue] = [
            "tokenizer.ggml.model": .string("gpt2"), "tokenizer.ggml.pre": .string(pre),
            "tokenizer.ggml.tokens": .array(.string, pieces.map { .string($0) }),
            "tokenizer.ggml.token_type": .array(.int32, types.map { .int32(Int32($0)) }),
            "tokenizer.ggml.merges": .array(.string, merges), "tokenizer.ggml.add_space_prefix": .bool(false),
        ]
        metadata["tokenizer.chat_template"] = try TemplateSource.find(base).map { .string($0) }
        try addRoles(base, folder, to: &metadata)
        return metadata
    }

    /// What llama.cpp calls the pre-tokenizer, and the merges.
    private static func parts(_ definition: TokenizerDefinition) throws -> (pre: String, model: BytePairDefinition) {
        guard case .bytePair(let model) = definition.model, definition.preTokenizer.isByteLevel else {
            throw unsupported(definition, "is not byte-level byte-pair encoding")
        }
        guard definition.normalizer == .none else {
            throw unsupported(definition, "normalises text (as NFC does)")
        }
        guard let pre = GGUFPreTokenizer.name(of: definition.preTokenizer, ignoresMerges: model.ignoresMerges) else {
            throw unsupported(definition, "has a pre-tokenizer that llama.cpp has no equal of")
        }
        guard !definition.addedTokens.contains(where: { $0.singleWord || $0.leftStrip || $0.rightStrip }) else {
            throw unsupported(definition, "has added tokens that take white space along or must be single words")
        }
        return (pre, model)
    }

    private static func tokens(_ definition: TokenizerDefinition, count: Int) throws -> (
        pieces: [String], types: [Int]
    ) {
        // A special token that a file names, and no row of the embedding has been made for, is none of the model's.
        let largest = definition.vocabulary.map(\.id).max() ?? 0
        let added = definition.addedTokens.filter { $0.id < count || $0.id <= largest }
        var pieces = try Vocabulary(definition.vocabulary, added: added, source: definition.source).pieces
        guard pieces.count <= count else {
            throw definition.malformed("has \(pieces.count) tokens, but the embedding \(count) rows")
        }
        pieces += [String](repeating: "", count: count - pieces.count)
        var types = pieces.map { ($0.isEmpty ? TokenType.unused : .normal).rawValue }
        for token in added {
            types[token.id] = (token.special ? TokenType.control : .userDefined).rawValue
        }
        for id in pieces.indices where pieces[id].isEmpty { pieces[id] = "[PAD\(id)]" }
        return (pieces, types)
    }

    /// Which tokens begin, end and pad texts. Two more than the one that is appended may end a text: llama.cpp stops at
    /// each of them.
    private static func addRoles(
        _ base: BaseModelFiles, _ folder: TokenizerFolder, to metadata: inout [String: GGUFValue]
    ) throws {
        let roles = folder.roles
        let ends = try base.endTokenIDs()
        let end = roles.eos ?? ends.first
        let others = ends.filter { $0 != end }
        guard others.count <= 2 else {
            throw unsupported(folder.definition, "belongs to a model with \(others.count + 1) tokens that end a text")
        }
        let ids = [
            "bos": roles.bos ?? base.configuration.bosTokenID, "eos": end, "eot": others.first,
            "eom": others.dropFirst().first, "unknown": roles.unknown, "padding": roles.padding,
        ]
        for case (let name, .some(let id)) in ids where id < base.configuration.vocabularySize {
            metadata["tokenizer.ggml.\(name)_token_id"] = .uint32(UInt32(id))
        }
        metadata["tokenizer.ggml.add_bos_token"] = .bool(roles.addsBeginning)
        metadata["tokenizer.ggml.add_eos_token"] = roles.addsEnd ? .bool(true) : nil
    }

    private static func unsupported(_ definition: TokenizerDefinition, _ what: String) -> TokenizersError {
        TokenizersError(
            .unsupported, "\(definition.source) \(what), which a GGUF's vocabulary cannot say.",
            advice: "Export safetensors instead.")
    }
}
