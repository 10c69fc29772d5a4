/// A branch of a pattern for a run of like characters: perhaps one character before it, a number of them, and line ends
/// after them, such as `[^\r\n\p{L}\p{N}]?\p{L}+` or ` ?[^\s\p{L}\p{N}]+[\r\n]*`.
struct CharacterRun: Sendable, Hashable {
    /// The character before the run, which may be there or not.
    enum Prefix: Sendable, Hashable {
        case none
        /// ` ?`
        case space
        /// `\s?`
        case anySpace
        /// `[^\r\n…]?`: all but line ends and these.
        case except(CharacterCategories)
    }

    /// What the run is of.
    enum Members: Sendable, Hashable {
        case categories(CharacterCategories)
        case ranges(ScalarRanges)
    }

    /// What is taken along after the run.
    enum Tail: Sendable, Hashable {
        case none
        /// `[\r\n]*`
        case lineEnds
        /// `[\r\n/]*`
        case lineEndsAndSlashes
    }

    var prefix = Prefix.none
    var members: Members
    /// How many members there are, without the prefix.
    var count = 1...Int.max
    var tail = Tail.none

    /// Where the match that starts at `start` ends; nil without one.
    @inline(__always)
    func end(_ bytes: [UInt8], _ start: Int, _ limit: Int) -> Int? {
        // A character that may be the prefix may be a member too: it is tried as the one, and then as the other.
        if let first = prefixEnd(bytes, start), let end = membersEnd(bytes, first, limit) {
            return tailEnd(bytes, end, limit)
        }
        return membersEnd(bytes, start, limit).map { tailEnd(bytes, $0, limit) }
    }

    @inline(__always)
    private func prefixEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
        switch prefix {
        case .none: return nil
        case .space: return bytes[start] == 0x20 ? start + 1 : nil
        case .anySpace:
            let (kind, length) = bytes.characterClass(at: start)
            return kind == .space ? start + length : nil
        case .except(let categories):
            guard !bytes.isLineEnd(at: start) else { return nil }
            let (category, length) = bytes.category(at: start)
            return categories.contains(category) ? nil : start + length
        }
    }

    @inline(__always)
    private func membersEnd(_ bytes: [UInt8], _ start: Int, _ limit: Int) -> Int? {
        var end = start
        var found = 0
        while end < limit, found < count.upperBound {
            let (scalar, length) = bytes.scalar(at: end)
            let isMember =
                switch members {
                case .categories(let categories): categories.contains(CharacterCategories(scalar))
                case .ranges(let ranges): ranges.contains(scalar)
                }
            guard isMember else { break }
            found += 1
            end += length
        }
        return found < count.lowerBound ? nil : end
    }

    @inline(__always)
    private func tailEnd(_ bytes: [UInt8], _ start: Int, _ limit: Int) -> Int {
        guard tail != .none else { return start }
        var end = start
        while end < limit, bytes.isLineEnd(at: end) || (tail == .lineEndsAndSlashes && bytes[end] == UInt8(ascii: "/"))
        {
            end += 1
        }
        return end
    }
}
