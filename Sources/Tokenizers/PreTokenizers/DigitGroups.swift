/// Numbers in groups of three from their end: `1234567` is `1`, `234` and `567`.
enum DigitGroups: String, Sendable, Hashable, CaseIterable {
    case numbers = #"\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$))"#
    /// Of decimal digits, and only where no letter follows the last.
    case digitsOfWord = #"\d{1,3}(?=(?:\d{3})*\b)"#

    /// Calls `append` with the stretches that the text falls into, in order, and whether each is a match.
    func split(_ bytes: [UInt8], _ range: Range<Int>, _ append: (_ stretch: Range<Int>, _ isMatch: Bool) -> Void) {
        var start = range.lowerBound
        var position = start
        while position < range.upperBound {
            let ends = numberEnds(bytes, position, range.upperBound)
            guard let last = ends.last, mayEnd(bytes, last, range.upperBound) else {
                position = ends.last ?? position + bytes.scalar(at: position).length
                continue
            }
            if start < position { append(start..<position, false) }
            for group in stride(from: (ends.count - 1) % 3, to: ends.count, by: 3) {
                append(position..<ends[group], true)
                position = ends[group]
            }
            start = position
        }
        if start < range.upperBound { append(start..<range.upperBound, false) }
    }

    /// Where each digit of the run at `start` ends.
    private func numberEnds(_ bytes: [UInt8], _ start: Int, _ limit: Int) -> [Int] {
        var ends: [Int] = []
        var position = start
        while position < limit {
            let (scalar, length) = bytes.scalar(at: position)
            guard isDigit(scalar) else { break }
            position += length
            ends.append(position)
        }
        return ends
    }

    private func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        guard CharacterClass(scalar) == .number else { return false }
        return self == .numbers || scalar.properties.generalCategory == .decimalNumber
    }

    private func mayEnd(_ bytes: [UInt8], _ end: Int, _ limit: Int) -> Bool {
        self == .numbers || end == limit || !WordClasses.isExpressionWord(bytes.scalar(at: end).scalar)
    }
}
