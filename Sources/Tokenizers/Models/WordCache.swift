import Synchronization

/// The ids of words met before. Text repeats its words, so most of tokenizing is finding them here.
///
/// Each call of `encode` borrows a table for itself, so that nothing is locked while it works.
final class WordCache: Sendable {
    private let idle = Mutex<[WordTable]>([])

    func withTable<Result>(_ body: (inout WordTable) -> Result) -> Result {
        var table = idle.withLock { $0.popLast() } ?? WordTable()
        let result = body(&table)
        idle.withLock { $0.append(table) }
        return result
    }
}

/// Words, as bytes, with their ids: an open hash table that stops growing at a bound.
struct WordTable {
    private struct Entry {
        var hash: UInt64 = 0
        var wordStart: Int32 = 0
        var wordCount: Int32 = 0
        var idStart: Int32 = 0
        var idCount: Int32 = 0
    }

    /// Longer words hardly come twice.
    static let longestWord = 64
    private static let capacity = 1 << 15
    /// Words that would have to look further than this stay outside, so that no text can make look-ups slow.
    private static let longestProbe = 8

    private var entries = [Entry](repeating: Entry(), count: capacity)
    private var words: [UInt8] = []
    private var ids: [Int] = []

    /// Appends the ids of `bytes[range]`, found here or by `encode`.
    @inline(__always)
    mutating func append(
        _ bytes: [UInt8], _ range: Range<Int>, to result: inout [Int], otherwise encode: (inout [Int]) -> Void
    ) {
        guard range.count <= Self.longestWord else { return encode(&result) }
        let hash = Self.hash(bytes, range)
        var slot = Int(truncatingIfNeeded: hash) & (Self.capacity - 1)
        for _ in 0..<Self.longestProbe {
            let entry = entries[slot]
            if entry.wordCount == 0 { return insert(bytes, range, hash, slot, &result, encode) }
            if entry.hash == hash, isSame(bytes, range, entry) {
                let start = Int(entry.idStart)
                for index in start..<(start + Int(entry.idCount)) { result.append(ids[index]) }
                return
            }
            slot = (slot + 1) & (Self.capacity - 1)
        }
        encode(&result)
    }

    private mutating func insert(
        _ bytes: [UInt8], _ range: Range<Int>, _ hash: UInt64, _ slot: Int, _ result: inout [Int],
        _ encode: (inout [Int]) -> Void
    ) {
        let before = result.count
        encode(&result)
        entries[slot] = Entry(
            hash: hash, wordStart: Int32(words.count), wordCount: Int32(range.count), idStart: Int32(ids.count),
            idCount: Int32(result.count - before))
        words += bytes[range]
        ids += result[before...]
    }

    @inline(__always)
    private func isSame(_ bytes: [UInt8], _ range: Range<Int>, _ entry: Entry) -> Bool {
        guard Int(entry.wordCount) == range.count else { return false }
        let start = Int(entry.wordStart)
        for offset in 0..<range.count where words[start + offset] != bytes[range.lowerBound + offset] { return false }
        return true
    }

    @inline(__always)
    private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes[range] { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash ^ (hash >> 29)
    }
}
