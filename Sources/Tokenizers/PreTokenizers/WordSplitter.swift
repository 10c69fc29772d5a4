/// The pre-tokenizers that drop white space.
enum WordSplitter {
    static func splitWhitespace(_ bytes: [UInt8], _ range: Range<Int>, into words: inout [Range<Int>]) {
        runs(bytes, range, into: &words) { CharacterClass($0) == .space ? .dropped : .word }
    }

    static func splitBert(_ bytes: [UInt8], _ range: Range<Int>, into words: inout [Range<Int>]) {
        runs(bytes, range, into: &words) { scalar in
            if CharacterClass(scalar) == .space { return .dropped }
            return BertClasses.isPunctuation(scalar) ? .single : .word
        }
    }

    static func splitWordsAndSigns(_ bytes: [UInt8], _ range: Range<Int>, into words: inout [Range<Int>]) {
        runs(bytes, range, into: &words) { scalar in
            if CharacterClass(scalar) == .space { return .dropped }
            return WordClasses.isWord(scalar) ? .word : .sign
        }
    }

    private enum Kind {
        case dropped
        /// A word of its own.
        case single
        /// Joins its like.
        case word, sign
    }

    @inline(__always)
    private static func runs(
        _ bytes: [UInt8], _ range: Range<Int>, into words: inout [Range<Int>], by kind: (Unicode.Scalar) -> Kind
    ) {
        var start = range.lowerBound
        var current = Kind.dropped
        var position = start
        while position < range.upperBound {
            let (scalar, length) = bytes.scalar(at: position)
            let next = kind(scalar)
            if next != current || next == .single {
                if current != .dropped, start < position { words.append(start..<position) }
                start = position
                current = next
            }
            position += length
        }
        if current != .dropped, start < range.upperBound { words.append(start..<range.upperBound) }
    }
}
