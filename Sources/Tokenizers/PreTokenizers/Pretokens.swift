/// Text on its way to become words: bytes, and the stretches of them that are words so far.
struct Pretokens {
    private(set) var bytes: [UInt8]
    private(set) var ranges: [Range<Int>]
    /// Whether the bytes stand at the very beginning of the whole text.
    let beginsText: Bool
    /// Places that are kept track of while words are written anew, ascending.
    private(set) var marks: [Int]

    init(_ bytes: [UInt8], _ range: Range<Int>, beginsText: Bool, marks: [Int] = []) {
        self.bytes = bytes
        self.marks = marks
        ranges = range.isEmpty ? [] : [range]
        self.beginsText = beginsText
    }

    /// Cuts each word by `cut`, which appends the parts of a range; the bytes stay.
    mutating func split(_ cut: (_ bytes: [UInt8], _ range: Range<Int>, _ parts: inout [Range<Int>]) -> Void) {
        var parts: [Range<Int>] = []
        parts.reserveCapacity(bytes.count / 4)
        for range in ranges { cut(bytes, range, &parts) }
        ranges = parts
    }

    /// Writes each word anew: `rewrite` appends what becomes of it. `first` says whether it begins the whole text.
    mutating func rewrite(
        _ rewrite: (_ bytes: [UInt8], _ range: Range<Int>, _ first: Bool, _ output: inout [UInt8]) -> Void
    ) {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 4 * ranges.count)
        var moved: [Int] = []
        for index in ranges.indices {
            let (start, range) = (output.count, ranges[index])
            let isFirst = beginsText && range.lowerBound == 0
            // What stands before a mark within a word becomes the same as by itself: characters are written one by one.
            while moved.count < marks.count, case let mark = marks[moved.count], mark < range.upperBound {
                var before: [UInt8] = []
                if mark > range.lowerBound { rewrite(bytes, range.lowerBound..<mark, isFirst, &before) }
                moved.append(start + before.count)
            }
            rewrite(bytes, range, isFirst, &output)
            ranges[index] = start..<output.count
        }
        marks = moved + marks.dropFirst(moved.count).map { _ in output.count }
        bytes = output
    }

    /// Cuts each word before every `sign` that stands after something else.
    mutating func split(before sign: [UInt8]) {
        split { bytes, range, parts in
            var start = range.lowerBound
            var position = start
            var isAfterSign = true
            while position < range.upperBound {
                let isSign = bytes[position] == sign[0] && bytes.matches(sign, at: position, before: range.upperBound)
                if isSign && !isAfterSign {
                    parts.append(start..<position)
                    start = position
                }
                isAfterSign = isSign
                position += isSign ? sign.count : 1
            }
            parts.append(start..<range.upperBound)
        }
    }
}
