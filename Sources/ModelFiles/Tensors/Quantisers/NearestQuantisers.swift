/// Formats of 32 elements whose scale follows from the largest of them, each element rounded to the nearest step.

extension Q8_0Block: BlockQuantiser {
    /// d = max|x| / 127; q = x / d, with d before its own rounding, halves away from zero.
    static func encode(_ x: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
        var largest: Float = 0
        for i in 0..<elements { largest = max(largest, abs(x[i])) }
        let d = largest / 127
        guard block.storeHalf(d, at: 0).isFinite else { return false }
        let inverse = reciprocal(d)
        for i in 0..<elements {
            block.storeByte(Int32((x[i] * inverse).rounded(.toNearestOrAwayFromZero)), at: 2 + i)
        }
        return true
    }
}

extension Q4_0Block: BlockQuantiser {
    static func encode(_ x: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
        let (d, isFinite) = SignedSteps.storeScale(of: x, levels: 8, into: block)
        guard isFinite else { return false }
        for i in 0..<16 {
            let (low, high) = SignedSteps.pair(x, i, d, levels: 8)
            block.storeByte(low | high << 4, at: 2 + i)
        }
        return true
    }
}

extension Q5_0Block: BlockQuantiser {
    static func encode(_ x: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
        let (d, isFinite) = SignedSteps.storeScale(of: x, levels: 16, into: block)
        guard isFinite else { return false }
        FifthBits.store(into: block, highAt: 2, lowAt: 6) { SignedSteps.pair(x, $0, d, levels: 16) }
        return true
    }
}

extension Q4_1Block: BlockQuantiser {
    static func encode(_ x: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
        guard let steps = OffsetSteps(x, levels: 15, storedIn: block) else { return false }
        for i in 0..<16 {
            let (low, high) = steps.pair(x, i)
            block.storeByte(low | high << 4, at: 4 + i)
        }
        return true
    }
}

extension Q5_1Block: BlockQuantiser {
    static func encode(_ x: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
        guard let steps = OffsetSteps(x, levels: 31, storedIn: block) else { return false }
        FifthBits.store(into: block, highAt: 4, lowAt: 8) { steps.pair(x, $0) }
        return true
    }
}

/// x = d · (q − levels): d takes the sign with which the largest element is the lowest step, the one that has no opposite.
private enum SignedSteps {
    static func storeScale(
        of x: UnsafePointer<Float>, levels: Float, into block: UnsafeMutableRawPointer
    ) -> (inverse: Float, isFinite: Bool) {
        var extreme: Float = 0
        for i in 0..<32 where abs(x[i]) > abs(extreme) { extreme = x[i] }
        let d = extreme / -levels
        return (reciprocal(d), block.storeHalf(d, at: 0).isFinite)
    }

    /// The steps of elements i and i + 16, which share a byte.
    @inline(__always)
    static func pair(_ x: UnsafePointer<Float>, _ i: Int, _ inverse: Float, levels: Float) -> (Int32, Int32) {
        func step(_ value: Float) -> Int32 { min(2 * Int32(levels) - 1, Int32(value * inverse + (levels + 0.5))) }
        return (step(x[i]), step(x[i + 16]))
    }
}

/// x = d · q + m, with m the smallest element.
private struct OffsetSteps {
    private let least: Float
    private let inverse: Float
    private let levels: Int32

    /// Stores d and m at the block's beginning; nil where they are too large for it.
    init?(_ x: UnsafePointer<Float>, levels: Float, storedIn block: UnsafeMutableRawPointer) {
        var (least, greatest) = (x[0], x[0])
        for i in 1..<32 { (least, greatest) = (min(least, x[i]), max(greatest, x[i])) }
        let d = (greatest - least) / levels
        guard block.storeHalf(d, at: 0).isFinite, block.storeHalf(least, at: 2).isFinite else { return nil }
        self.least = least
        self.levels = Int32(levels)
        inverse = reciprocal(d)
    }

    @inline(__always)
    func pair(_ x: UnsafePointer<Float>, _ i: Int) -> (Int32, Int32) {
        func step(_ value: Float) -> Int32 { min(levels, Int32((value - least) * inverse + 0.5)) }
        return (step(x[i]), step(x[i + 16]))
    }
}

/// Steps of five bits: the low four as in Q4_0, the fifth of element i in bit i of a word.
private enum FifthBits {
    @inline(__always)
    static func store(
        into block: UnsafeMutableRawPointer, highAt high: Int, lowAt low: Int, _ pair: (Int) -> (Int32, Int32)
    ) {
        var bits: UInt32 = 0
        for i in 0..<16 {
            let (first, second) = pair(i)
            block.storeByte(first & 15 | (second & 15) << 4, at: low + i)
            bits |= UInt32(first >> 4) << UInt32(i) | UInt32(second >> 4) << UInt32(i + 16)
        }
        block.storeBytes(of: bits.littleEndian, toByteOffset: high, as: UInt32.self)
    }
}
