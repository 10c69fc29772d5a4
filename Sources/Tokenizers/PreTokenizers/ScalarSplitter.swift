/// Cuts text at every scalar of a class.
enum ScalarSplitter {
    static func split(
        _ bytes: [UInt8], _ range: Range<Int>, _ behavior: SplitBehavior, into words: inout [Range<Int>],
        where isMatch: (Unicode.Scalar) -> Bool
    ) {
        var stretches: [SplitBehavior.Stretch] = []
        var start = range.lowerBound
        var position = start
        while position < range.upperBound {
            let (scalar, length) = bytes.scalar(at: position)
            if isMatch(scalar) {
                if start < position { stretches.append(.init(range: start..<position, isMatch: false)) }
                stretches.append(.init(range: position..<(position + length), isMatch: true))
                start = position + length
            }
            position += length
        }
        if start < range.upperBound { stretches.append(.init(range: start..<range.upperBound, isMatch: false)) }
        behavior.append(stretches, to: &words)
    }
}
