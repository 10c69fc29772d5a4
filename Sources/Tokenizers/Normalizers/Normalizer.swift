/// What is done to text before it is cut into words, the `normalizer` of tokenizer.json.
indirect enum Normalizer: Sendable, Equatable {
    /// Nothing.
    case none
    case bert(BertNormalizer)
    case form(NormalizationForm)
    case lowercase
    /// Drops all marks, \p{M}; of use after a decomposing form.
    case stripAccents
    /// Drops white space at the ends.
    case strip(left: Bool, right: Bool)
    case replace(TextPattern, with: [UInt8])
    /// Puts something before text that is not empty.
    case prepend([UInt8])
    /// SentencePiece's compiled table.
    case precompiled(PrecompiledCharacterMap)
    /// One after the other.
    case sequence([Normalizer])

    func apply(_ text: [UInt8]) -> [UInt8] {
        switch self {
        case .none: text
        case .bert(let normalizer): normalizer.apply(text)
        case .form(let form): form.apply(text)
        case .lowercase: Self.lowercased(text)
        case .stripAccents: Self.withoutMarks(text)
        case .strip(let left, let right): Self.stripped(text, left: left, right: right)
        case .replace(let pattern, let content): pattern.replace(in: text, with: content)
        case .prepend(let content): text.isEmpty ? text : content + text
        case .precompiled(let map): map.apply(text)
        case .sequence(let steps): steps.reduce(text) { $1.apply($0) }
        }
    }

    /// The same without what it puts before a text.
    var withoutPrefix: Normalizer {
        switch self {
        case .prepend: .none
        case .sequence(let steps): .sequence(steps.map(\.withoutPrefix))
        default: self
        }
    }

    /// How many times as long a text can become by replacements, at most.
    var growth: Double {
        switch self {
        case .replace(.literal(let bytes), let content): max(1, Double(content.count) / Double(bytes.count))
        case .replace(.spaces, let content): max(1, Double(content.count) / 2)
        case .prepend(let content): 1 + Double(content.count)
        case .sequence(let steps): steps.reduce(1) { $0 * $1.growth }
        case .none, .bert, .form, .lowercase, .stripAccents, .strip, .precompiled: 1
        }
    }

    /// Each character by itself, so that a final sigma is one like any other.
    private static func lowercased(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let (scalar, length) = text.scalar(at: position)
            if length == 1 {
                result.append((0x41...0x5A).contains(text[position]) ? text[position] | 0x20 : text[position])
            } else {
                result += scalar.properties.lowercaseMapping.utf8
            }
            position += length
        }
        return result
    }

    private static func withoutMarks(_ text: [UInt8]) -> [UInt8] {
        guard !text.isASCII else { return text }
        var result: [UInt8] = []
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars where !WordClasses.isMark(scalar) {
            result.append(scalar)
        }
        return result
    }

    private static func stripped(_ text: [UInt8], left: Bool, right: Bool) -> [UInt8] {
        var start = 0
        var end = text.count
        while left, start < end, case let (scalar, length) = text.scalar(at: start), scalar.properties.isWhitespace {
            start += length
        }
        while right, end > start, case let scalar = text.scalar(before: end), scalar.properties.isWhitespace {
            end -= UTF8.width(scalar)
        }
        return Array(text[start..<end])
    }
}
