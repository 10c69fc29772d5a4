/// How pieces become text again, the `decoder` of tokenizer.json. Each step turns a row of strings into another; what
/// the last one leaves is put together.
indirect enum Decoder: Sendable, Equatable {
    /// Pieces with spaces between them.
    case spaced
    /// Pieces spell bytes, see `ByteAlphabet`.
    case byteLevel
    /// A piece that does not go on a word begins one; `cleansUp` draws punctuation to the word before it.
    case wordPiece(prefix: String, cleansUp: Bool)
    case metaspace(Metaspace)
    /// `<0x0A>` and the like become bytes.
    case byteFallback
    /// All in one string.
    case fuse
    /// Up to so many of a character away from each string's ends.
    case strip([UInt8], start: Int, stop: Int)
    case replace(TextPattern, with: [UInt8])
    case sequence([Decoder])

    func text(of pieces: [String]) -> String {
        let strings = apply(pieces.map { Array($0.utf8) })
        return String(decoding: strings.joined(), as: UTF8.self)
    }

    private func apply(_ strings: [[UInt8]]) -> [[UInt8]] {
        switch self {
        case .spaced: [Array(strings.joined(separator: [0x20]))]
        case .byteLevel:
            [Array(String(decoding: strings.flatMap { ByteAlphabet.bytes(of: $0) ?? $0 }, as: UTF8.self).utf8)]
        case .wordPiece(let prefix, let cleansUp):
            WordPieceDecoder.decode(strings, prefix: Array(prefix.utf8), cleansUp: cleansUp)
        case .metaspace(let metaspace): Self.spaces(strings, metaspace)
        case .byteFallback: ByteFallbackDecoder.decode(strings)
        case .fuse: [Array(strings.joined())]
        case .strip(let character, let start, let stop):
            strings.map { Self.strip($0, character, start: start, stop: stop) }
        case .replace(let pattern, let content): strings.map { pattern.replace(in: $0, with: content) }
        case .sequence(let steps): steps.reduce(strings) { $1.apply($0) }
        }
    }

    /// The first piece of all has no space before it, but where none is ever put.
    private static func spaces(_ strings: [[UInt8]], _ metaspace: Metaspace) -> [[UInt8]] {
        let sign = TextPattern.literal(metaspace.replacement)
        return strings.enumerated().map { index, string in
            sign.replace(in: string, with: index == 0 && metaspace.prepends != .never ? [] : [0x20])
        }
    }

    private static func strip(_ string: [UInt8], _ unit: [UInt8], start: Int, stop: Int) -> [UInt8] {
        var rest = string[...]
        var (start, stop) = (start, stop)
        while start > 0, rest.starts(with: unit) {
            rest = rest.dropFirst(unit.count)
            start -= 1
        }
        while stop > 0, rest.count >= unit.count, rest.suffix(unit.count).elementsEqual(unit) {
            rest = rest.dropLast(unit.count)
            stop -= 1
        }
        return Array(rest)
    }
}
