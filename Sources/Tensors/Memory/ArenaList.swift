/// A list of plain data in an arena's memory, for what a kernel plans anew with every call. Valid until a mark below it
/// is released.
struct ArenaList<Element: BitwiseCopyable>: RandomAccessCollection {
    private let start: UnsafeMutablePointer<Element>
    private let capacity: Int
    private(set) var count = 0

    /// - Parameter memory: at least `capacity` elements' worth, aligned to 64 bytes.
    fileprivate init(_ memory: UnsafeMutableRawPointer, capacity: Int) {
        start = memory.bindMemory(to: Element.self, capacity: capacity)
        self.capacity = capacity
    }

    var startIndex: Int { 0 }
    var endIndex: Int { count }

    subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count, "element \(index) of \(count)")
        return start[index]
    }

    mutating func append(_ element: Element) {
        precondition(count < capacity, "a list of \(capacity) elements is full")
        (start + count).initialize(to: element)
        count += 1
    }
}

/// A range of numbers as plain data, which Swift's own is not.
struct PlainRange: BitwiseCopyable {
    private let lower, upper: Int

    init(_ range: Range<Int>) { (lower, upper) = (range.lowerBound, range.upperBound) }

    var range: Range<Int> { lower..<upper }
}

extension Arena {
    /// An empty list with room for `capacity` elements.
    func list<Element: BitwiseCopyable>(of type: Element.Type, capacity: Int) -> ArenaList<Element> {
        let words = (capacity * MemoryLayout<Element>.stride + 3) / 4
        return ArenaList(matrix(1, words).base, capacity: capacity)
    }

    /// Runs `body` with this arena, or one of its own where nil, and gives back what it took.
    static func lending<Result>(_ arena: Arena?, _ body: (Arena) -> Result) -> Result {
        // Lists and partial sums: a small part of what a pass's own arena is for.
        let arena = arena ?? Arena(reservingBytes: min(MachineInfo.physicalMemoryBytes, 1 << 33))
        let mark = arena.mark()
        defer { arena.release(to: mark) }
        return body(arena)
    }
}
