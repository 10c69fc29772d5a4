import ModelFiles

extension TokenizerJSON {
    typealias Entries = [(piece: String, id: Int)]

    static func model(_ part: Component) throws -> (Entries, ModelDefinition) {
        switch try kind(part) {
        case "BPE": (try vocabulary(part), .bytePair(try bytePair(part)))
        case "WordPiece": (try vocabulary(part), .wordPiece(try wordPiece(part)))
        case "Unigram": try unigram(part)
        default: throw part.unsupportedType(known: ["BPE", "WordPiece", "Unigram"])
        }
    }

    /// Files of the library's first releases do not name the kind of their model.
    private static func kind(_ part: Component) throws -> String {
        if let type = try part.optionalString("type") { return type }
        return part.value["merges"] != nil ? "BPE" : "none"
    }

    private static func vocabulary(_ part: Component) throws -> Entries {
        try part.object("vocab").members.map { piece, id in
            guard let id = id.intValue else {
                throw TokenizersError.malformed(part.source, "has a token whose id is no integer")
            }
            return (piece, id)
        }
    }

    private static func bytePair(_ part: Component) throws -> BytePairDefinition {
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            guard try part.optionalString(key) ?? "" == "" else {
                throw part.unsupported("has a '\(key)'", known: ["byte-pair encoding without one"])
            }
        }
        guard (part.value["dropout"]?.doubleValue ?? 0) == 0 else {
            throw part.unsupported("drops merges at random ('dropout')", known: ["byte-pair encoding without it"])
        }
        return BytePairDefinition(
            merges: try part.array("merges").map { try merge($0, part.source) },
            ignoresMerges: try part.bool("ignore_merges", default: false),
            fallsBackToBytes: try part.bool("byte_fallback", default: false),
            unknownToken: try part.optionalString("unk_token"), fusesUnknown: try part.bool("fuse_unk", default: false))
    }

    /// A pair, or both in one string with a space between them as releases before 0.20 write it.
    private static func merge(_ value: JSONValue, _ source: String) throws -> (left: String, right: String) {
        if let parts = value.arrayValue?.compactMap(\.stringValue), parts.count == 2 { return (parts[0], parts[1]) }
        guard let pair = value.stringValue.flatMap(BytePairDefinition.merge) else {
            throw TokenizersError.malformed(source, "has a merge that is no pair")
        }
        return pair
    }

    private static func wordPiece(_ part: Component) throws -> WordPieceDefinition {
        WordPieceDefinition(
            prefix: try part.optionalString("continuing_subword_prefix") ?? "##",
            unknownToken: try part.optionalString("unk_token") ?? "[UNK]",
            longestWord: try part.integer("max_input_chars_per_word", default: 100))
    }

    /// A unigram model's vocabulary is an array of pieces with their scores; a piece's place is its id.
    private static func unigram(_ part: Component) throws -> (Entries, ModelDefinition) {
        let entries = try part.array("vocab").map { value in
            guard let pair = value.arrayValue, pair.count == 2, let piece = pair[0].stringValue,
                let score = pair[1].doubleValue
            else { throw TokenizersError.malformed(part.source, "has a token that is no piece with its score") }
            return (piece: piece, score: score)
        }
        let model = UnigramDefinition(
            scores: entries.map(\.score), unknown: try part.integer("unk_id"),
            fallsBackToBytes: try part.bool("byte_fallback", default: false))
        return (entries.enumerated().map { ($1.piece, $0) }, .unigram(model))
    }
}
