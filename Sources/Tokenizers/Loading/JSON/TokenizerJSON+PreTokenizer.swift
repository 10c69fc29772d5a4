import ModelFiles

extension TokenizerJSON {
    private static let preTokenizers = [
        "ByteLevel", "Split", "Digits", "Punctuation", "BertPreTokenizer", "Whitespace", "WhitespaceSplit", "Metaspace",
        "CharDelimiterSplit", "Sequence",
    ]

    static func preTokenizer(_ part: Component) throws -> PreTokenizer {
        guard !part.value.isNull else { return .whole }
        switch part.type {
        case "ByteLevel":
            return .byteLevel(
                prefixSpace: try part.bool("add_prefix_space", default: true),
                splits: try part.bool("use_regex", default: true))
        case "Split":
            return .split(
                try splitPattern(part), try part.choice("behavior"), inverted: try part.bool("invert", default: false))
        case "Digits": return .digits(individually: try part.bool("individual_digits", default: false))
        case "Punctuation": return .punctuation(try part.choice("behavior", default: .isolated))
        case "BertPreTokenizer": return .bert
        case "Whitespace": return .whitespace
        case "WhitespaceSplit": return .whitespaceSplit
        case "Metaspace": return .metaspace(try metaspace(part))
        case "CharDelimiterSplit":
            return .split(.literal(try part.character("delimiter")), .removed, inverted: false)
        case "Sequence": return try sequence(part)
        default: throw part.unsupportedType(known: preTokenizers)
        }
    }

    private static func sequence(_ part: Component) throws -> PreTokenizer {
        let steps = try part.parts("pretokenizers").map(preTokenizer)
        if let first = steps.firstIndex(where: \.isByteLevel),
            !steps[(first + 1)...].allSatisfy(\.mayFollowByteLevel)
        {
            throw part.unsupported(
                "has a pre_tokenizer after ByteLevel that would change its alphabet",
                known: ["Split, Digits and Punctuation after ByteLevel"])
        }
        return .sequence(steps)
    }

    private static func splitPattern(_ part: Component) throws -> SplitPattern {
        let field = part.part("pattern", role: "pre_tokenizer's pattern")
        guard let expression = try field.optionalString("Regex") else { return .literal(try literal(field)) }
        guard let pattern = SplitPattern(expression: expression) else {
            throw field.unsupported(
                "cuts words by the regular expression '\(expression)'",
                known: [
                    "the expressions of GPT-2, cl100k, o200k, Llama 3, Qwen, Tekken, DeepSeek, Falcon and StarCoder",
                    "groups of three digits",
                ])
        }
        return pattern
    }

    static func metaspace(_ part: Component) throws -> Metaspace {
        var scheme: Metaspace.PrependScheme = try part.choice("prepend_scheme", default: .always)
        if try part.optionalBool("add_prefix_space") == false { scheme = .never }
        return Metaspace(
            replacement: try part.character("replacement", default: Metaspace.sign), prepends: scheme,
            splits: try part.bool("split", default: true))
    }
}
