import ModelFiles

extension TokenizerJSON {
    static func postProcessor(_ part: Component) throws -> PostProcessor {
        guard !part.value.isNull else { return .plain }
        switch part.type {
        // Mends offsets, which lorad does not have, and adds nothing.
        case "ByteLevel": return .plain
        case "TemplateProcessing": return try template(part)
        case "BertProcessing": return .bert(start: try named("cls", part), separator: try named("sep", part))
        case "RobertaProcessing": return .roberta(start: try named("cls", part), separator: try named("sep", part))
        case "Sequence":
            let adding = try part.parts("processors").map(postProcessor).filter { $0 != .plain }
            guard adding.count < 2 else {
                throw part.unsupported("adds special tokens in several steps", known: ["one post_processor that does"])
            }
            return adding.first ?? .plain
        default:
            throw part.unsupportedType(
                known: ["TemplateProcessing", "BertProcessing", "RobertaProcessing", "ByteLevel", "Sequence"])
        }
    }

    /// The id in a field such as `"cls": ["[CLS]", 101]`.
    private static func named(_ key: String, _ part: Component) throws -> Int {
        let pair = try part.array(key)
        guard pair.count == 2, pair[0].stringValue != nil, let id = pair[1].intValue, id >= 0 else {
            throw TokenizersError.malformed(
                part.source, "has a '\(key)' in its post_processor that is no token with its id")
        }
        return id
    }

    private static func template(_ part: Component) throws -> PostProcessor {
        let tokens = part.value["special_tokens"]?.objectValue ?? JSONObject([])
        func pieces(_ key: String) throws -> [PostProcessor.Part] {
            try part.array(key).flatMap { value in
                try templatePiece(Component(value: value, role: "template", source: part.source), tokens)
            }
        }
        let template = PostProcessor(single: try pieces("single"), pair: try pieces("pair"))
        guard template.single.texts == ["A"], template.pair.texts.sorted() == ["A", "B"] else {
            throw TokenizersError.malformed(part.source, "has a template that does not hold each text once")
        }
        return template
    }

    private static func templatePiece(_ piece: Component, _ tokens: JSONObject) throws -> [PostProcessor.Part] {
        if piece.value["Sequence"] != nil {
            let sequence = piece.part("Sequence")
            let type = try sequence.integer("type_id", default: 0)
            switch try sequence.string("id") {
            case "A": return [.first(type: type)]
            case "B": return [.second(type: type)]
            case let name: throw TokenizersError.malformed(piece.source, "has the text '\(name)' in its template")
            }
        }
        let special = piece.part("SpecialToken")
        let name = try special.string("id")
        let type = try special.integer("type_id", default: 0)
        guard let ids = tokens[name]?["ids"]?.arrayValue?.map(\.intValue), !ids.contains(where: { $0 ?? -1 < 0 }) else {
            throw TokenizersError.malformed(
                piece.source, "has the special token '\(name)' in its template, but not its ids")
        }
        return ids.compactMap { $0 }.map { .token(id: $0, type: type) }
    }
}

extension [PostProcessor.Part] {
    /// Which texts stand in it.
    fileprivate var texts: [String] {
        compactMap { part in
            switch part {
            case .first: "A"
            case .second: "B"
            case .token: nil
            }
        }
    }
}
