/// A range cut into pieces of at most `size`.
struct Blocks: RandomAccessCollection {
    let range: Range<Int>
    let size: Int

    var startIndex: Int { 0 }
    var endIndex: Int { (range.count + size - 1) / size }

    subscript(index: Int) -> Range<Int> {
        let start = range.lowerBound + index * size
        return start..<Swift.min(start + size, range.upperBound)
    }
}

extension Range where Bound == Int {
    /// The range cut into pieces of at most `size`.
    func blocks(of size: Int) -> Blocks { Blocks(range: self, size: size) }
}
