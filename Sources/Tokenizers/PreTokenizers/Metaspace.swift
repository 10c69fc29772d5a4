/// SentencePiece's spaces: each becomes a visible sign, `▁`, which begins a word.
struct Metaspace: Sendable, Equatable {
    /// Where a sign is put before words that have none.
    enum PrependScheme: String, Sendable, CaseIterable {
        case always, first, never
    }

    var replacement: [UInt8] = Self.sign
    var prepends = PrependScheme.always
    /// Whether words are cut before each sign.
    var splits = true

    /// `▁`, U+2581.
    static let sign = Array("\u{2581}".utf8)

    func apply(to words: inout Pretokens) {
        words.rewrite { bytes, range, first, output in
            let isPrepended = prepends == .always || (prepends == .first && first)
            let begins =
                bytes[range.lowerBound] == 0x20
                || bytes.matches(replacement, at: range.lowerBound, before: range.upperBound)
            if isPrepended && !begins { output += replacement }
            for byte in bytes[range] {
                if byte == 0x20 { output += replacement } else { output.append(byte) }
            }
        }
        if splits {
            words.split { bytes, range, parts in
                SplitPattern.literal(replacement).split(bytes, range, .mergedWithNext, inverted: false, into: &parts)
            }
        }
    }
}
