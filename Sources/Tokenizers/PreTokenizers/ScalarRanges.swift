/// A class of characters that a pattern spells by their ranges, such as `[A-Za-z]`.
struct ScalarRanges: Sendable, Hashable {
    /// In the pattern's order.
    private let spelled: [ClosedRange<UInt32>]
    /// Ascending by both their ends.
    private let ranges: [ClosedRange<UInt32>]

    /// - Parameter spelled: none within another.
    init(_ spelled: [ClosedRange<UInt32>]) {
        self.spelled = spelled
        ranges = spelled.sorted { $0.lowerBound < $1.lowerBound }
    }

    @inline(__always)
    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        var (lower, upper) = (0, ranges.count)
        while lower < upper {
            let middle = (lower + upper) / 2
            if ranges[middle].upperBound < value { lower = middle + 1 } else { upper = middle }
        }
        return lower < ranges.count && ranges[lower].contains(value)
    }

    static let latinLetters = ScalarRanges([0x41...0x5A, 0x61...0x7A])
    static let digits = ScalarRanges([0x30...0x39])
    static let lineEnds = ScalarRanges([0x0A...0x0A, 0x0D...0x0D])
    /// ASCII's signs.
    static let signs = ScalarRanges([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])

    /// What stands in brackets for these ranges where none of the characters has a meaning of its own there.
    var spelling: String {
        var text = String.UnicodeScalarView()
        for range in spelled {
            let bounds = [range.lowerBound, range.upperBound].compactMap(Unicode.Scalar.init)
            text += range.count > 1 ? [bounds[0], "-", bounds[1]] : [bounds[0]]
        }
        return "[\(String(text))]"
    }
}
