import Foundation
import ModelFiles

/// Reads `tokenizer.json` of the Hugging Face tokenizers library, with `tokenizer_config.json` for the roles of tokens.
enum TokenizerJSON {
    /// - Throws: `TokenizersError.unsupported` naming a component that lorad does not have, `.malformed`.
    static func load(folder: String) throws -> TokenizerDefinition {
        let path = folder + "/tokenizer.json"
        let json = try JSONReader.parse(file: path)
        guard let model = json["model"], model["type"]?.stringValue == "BPE" else {
            throw unsupported(path, "model", json["model"]?["type"], known: "BPE")
        }
        guard model["byte_fallback"]?.boolValue != true, model["unk_token"]?.stringValue == nil else {
            throw TokenizersError(
                .unsupported, "\(path) uses byte fallback or an unknown token; lorad reads byte-level BPE.")
        }
        guard let vocabulary = model["vocab"]?.objectValue, let merges = model["merges"]?.arrayValue else {
            throw TokenizersError(.malformed, "\(path) lacks a vocabulary or merges.")
        }
        var definition = TokenizerDefinition(
            source: path,
            vocabulary: try vocabulary.members.map { piece, id in
                guard let id = id.intValue else {
                    throw TokenizersError(.malformed, "\(path) has a token whose id is no integer.")
                }
                return (piece, id)
            },
            merges: try merges.map { try merge($0, path) }, addedTokens: try added(json, path),
            preTokenizer: .whole)
        definition.ignoresMerges = model["ignore_merges"]?.boolValue ?? false
        try readNormalizer(json["normalizer"] ?? .null, into: &definition)
        definition.preTokenizer = try preTokenizer(json["pre_tokenizer"] ?? .null, into: &definition)
        try readRoles(folder: folder, into: &definition)
        return definition
    }

    private static func merge(_ value: JSONValue, _ path: String) throws -> (left: String, right: String) {
        let parts =
            value.arrayValue?.compactMap(\.stringValue) ?? value.stringValue?.split(separator: " ").map(String.init)
            ?? []
        guard parts.count == 2 else { throw TokenizersError(.malformed, "\(path) has a merge that is no pair.") }
        return (parts[0], parts[1])
    }

    private static func added(_ json: JSONValue, _ path: String) throws -> [AddedToken] {
        try (json["added_tokens"]?.arrayValue ?? []).map { token in
            guard let id = token["id"]?.intValue, let content = token["content"]?.stringValue, !content.isEmpty else {
                throw TokenizersError(.malformed, "\(path) has an added token without id or content.")
            }
            return AddedToken(
                id: id, content: content, singleWord: token["single_word"]?.boolValue ?? false,
                leftStrip: token["lstrip"]?.boolValue ?? false, rightStrip: token["rstrip"]?.boolValue ?? false,
                special: token["special"]?.boolValue ?? false)
        }
    }

    private static func readNormalizer(_ value: JSONValue, into definition: inout TokenizerDefinition) throws {
        guard !value.isNull else { return }
        guard value["type"]?.stringValue == "NFC" else {
            throw unsupported(definition.source, "normalizer", value["type"], known: "NFC")
        }
        definition.composes = true
    }

    private static func preTokenizer(_ value: JSONValue, into definition: inout TokenizerDefinition) throws
        -> PreTokenizer
    {
        switch value["type"]?.stringValue {
        case "ByteLevel":
            definition.addsPrefixSpace = value["add_prefix_space"]?.boolValue ?? false
            return value["use_regex"]?.boolValue ?? true ? .gpt2 : .whole
        case "Digits" where value["individual_digits"]?.boolValue == true: return .digits
        case "Sequence":
            return .sequence(
                try (value["pretokenizers"]?.arrayValue ?? []).map { try preTokenizer($0, into: &definition) })
        default:
            throw unsupported(
                definition.source, "pre_tokenizer", value["type"],
                known: "ByteLevel, Digits with individual_digits, Sequence")
        }
    }

    /// Roles are names in tokenizer_config.json, where there is one.
    private static func readRoles(folder: String, into definition: inout TokenizerDefinition) throws {
        let roles = try Roles(folder: folder, addedTokens: definition.addedTokens)
        definition.bosTokenID = roles.bos
        definition.eosTokenID = roles.eos
    }

    private static func unsupported(_ path: String, _ part: String, _ type: JSONValue?, known: String)
        -> TokenizersError
    {
        TokenizersError(
            .unsupported, "\(path) has a \(part) of type '\(type?.stringValue ?? "none")'.",
            advice: "lorad supports: \(known).")
    }
}
