extension Q4KBlock: BlockQuantiser {
    static func encode(_ x: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
        AffineGroups.encode(x, AffineGrid.Search(levels: 15, first: -1, count: 20), into: block) { group, q in
            let quants = block + 16 + group / 2 * 32
            for l in 0..<32 where group % 2 == 1 { quants.storeByte(q[l - 32] | q[l] << 4, at: l) }
        }
    }
}

extension Q5KBlock: BlockQuantiser {
    static func encode(_ x: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
        (block + 16).initializeMemory(as: UInt8.self, repeating: 0, count: 32)
        return AffineGroups.encode(x, AffineGrid.Search(levels: 31, first: -0.5, count: 15), into: block) { group, q in
            let (bits, quants) = (block + 16, block + 48 + group / 2 * 32)
            for l in 0..<32 {
                bits.storeByte(UnsafeRawPointer(bits).byte(l) | (q[l] >> 4) << Int32(group), at: l)
                if group % 2 == 1 { quants.storeByte(q[l - 32] & 15 | (q[l] & 15) << 4, at: l) }
            }
        }
    }
}

/// What Q4_K and Q5_K have in common: eight groups of 32, each with a 6-bit scale and a 6-bit minimum.
private enum AffineGroups {
    /// - Parameter store: is given each group's steps; those of the group before it lie in front of them.
    static func encode(
        _ x: UnsafePointer<Float>, _ search: AffineGrid.Search, into block: UnsafeMutableRawPointer,
        _ store: (_ group: Int, _ steps: UnsafePointer<Int32>) -> Void
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 256 + 32) { memory -> Bool in
            guard let steps = memory.baseAddress else { return false }
            var scales = SIMD8<Float>()
            var minima = SIMD8<Float>()
            for group in 0..<8 {
                let grid = fit(x + 32 * group, search, steps: steps + 32 * group, trial: steps + 256)
                (scales[group], minima[group]) = (grid.scale, grid.minimum)
            }
            // Scales are stored from 0 up, so that no smaller one than 0 is the largest.
            let (largest, largestMinimum) = (max(scales.max(), 0), max(minima.max(), 0))
            let d = block.storeHalf(largest / 63, at: 0)
            let dMinimum = block.storeHalf(largestMinimum / 63, at: 2)
            guard d.isFinite, dMinimum.isFinite else { return false }
            PackedScales.store(
                sixBits(scales, largest: largest), sixBits(minima, largest: largestMinimum), into: block)
            for group in 0..<8 {
                let (q, own) = (steps + 32 * group, x + 32 * group)
                let (scale, minimum) = PackedScales.scaleAndMinimum(of: group, in: UnsafeRawPointer(block))
                // On the scales as they are stored.
                if scale != 0 {
                    for l in 0..<32 {
                        q[l] = max(0, min(search.levels, nearestInteger((own[l] + minimum) / scale)))
                    }
                }
                store(group, q)
            }
            return true
        }
    }

    /// The grid of a group whose elements weigh their magnitude and their root mean square.
    private static func fit(
        _ x: UnsafePointer<Float>, _ search: AffineGrid.Search, steps: UnsafeMutablePointer<Int32>,
        trial: UnsafeMutablePointer<Int32>
    ) -> AffineGrid {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 32) { weights in
            guard let start = weights.baseAddress else { preconditionFailure("32 floats have an address") }
            var squares: Float = 0
            for l in 0..<32 { squares += x[l] * x[l] }
            let rootMeanSquare = (squares / 32).squareRoot()
            for l in 0..<32 { start[l] = rootMeanSquare + abs(x[l]) }
            return AffineGrid(x, weights: start, count: 32, search, steps: steps, trial: trial)
        }
    }

    private static func sixBits(_ values: SIMD8<Float>, largest: Float) -> SIMD8<Int32> {
        let inverse = largest > 0 ? 63 / largest : 0
        var bits = SIMD8<Int32>()
        // As ggml, which keeps the low byte of what it rounds.
        for group in 0..<8 { bits[group] = min(63, nearestInteger(inverse * values[group]) & 255) }
        return bits
    }
}

extension PackedScales {
    /// Writes numbers up to 63 into a block that starts with d, dmin and the twelve bytes.
    fileprivate static func store(_ scales: SIMD8<Int32>, _ minima: SIMD8<Int32>, into block: UnsafeMutableRawPointer) {
        let packed = block + 4
        for i in 0..<4 {
            packed.storeByte(scales[i] | (scales[i + 4] >> 4) << 6, at: i)
            packed.storeByte(minima[i] | (minima[i + 4] >> 4) << 6, at: 4 + i)
            packed.storeByte(scales[i + 4] & 15 | (minima[i + 4] & 15) << 4, at: 8 + i)
        }
    }
}

extension Q6KBlock: BlockQuantiser {
    /// Sixteen groups of 16, each with a scale of a signed byte.
    static func encode(_ x: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: elements) { memory -> Bool in
            guard let q = memory.baseAddress else { return false }
            var scales = SIMD16<Float>()
            var extreme: Float = 0
            for group in 0..<16 {
                scales[group] = SymmetricGrid.fit(x + 16 * group, count: 16, levels: 32, steps: q + 16 * group)
                if abs(scales[group]) > abs(extreme) { extreme = scales[group] }
            }
            block.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
            guard abs(extreme) >= SymmetricGrid.negligible else { return true }
            let inverse = -128 / extreme
            let d = block.storeHalf(1 / inverse, at: 208)
            guard d.isFinite else { return false }
            for group in 0..<16 {
                let stored = min(127, nearestInteger(inverse * scales[group]))
                block.storeByte(stored, at: 192 + group)
                let scale = d * Float(Int8(truncatingIfNeeded: stored))
                guard scale != 0 else { continue }
                for l in (16 * group)..<(16 * group + 16) {
                    q[l] = 32 + max(-32, min(31, nearestInteger(x[l] / scale)))
                }
            }
            store(q, into: block)
            return true
        }
    }

    private static func store(_ q: UnsafePointer<Int32>, into block: UnsafeMutableRawPointer) {
        for half in 0..<2 {
            for l in 0..<32 {
                let element = q + 128 * half + l
                let (a, b, c, d) = (element[0], element[32], element[64], element[96])
                block.storeByte(a & 15 | (c & 15) << 4, at: 64 * half + l)
                block.storeByte(b & 15 | (d & 15) << 4, at: 64 * half + 32 + l)
                block.storeByte(a >> 4 | (b >> 4) << 2 | (c >> 4) << 4 | (d >> 4) << 6, at: 128 + 32 * half + l)
            }
        }
    }
}
