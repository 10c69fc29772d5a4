/// x ≈ scale · q, with steps q of −levels..<levels: the grid of one group of Q6_K.
///
/// The elements are rounded on grids of several widths; for each rounding the scale is the least squares' that belongs to
/// its steps, and what leaves the smallest error, weighted by x², is kept.
enum SymmetricGrid {
    /// Below it all elements of a group, or scales of a block, count as zero.
    static let negligible: Float = 1e-15

    /// - Parameters:
    ///   - x: `n` elements.
    ///   - q: gets the steps, `levels` added.
    /// - Returns: the scale.
    static func fit(
        _ x: UnsafePointer<Float>, count n: Int, levels: Int32, steps q: UnsafeMutablePointer<Int32>
    ) -> Float {
        var extreme: Float = 0
        for i in 0..<n where abs(x[i]) > abs(extreme) { extreme = x[i] }
        guard abs(extreme) >= negligible else {
            for i in 0..<n { q[i] = 0 }
            return 0
        }
        @inline(__always)
        func step(_ i: Int, _ inverse: Float) -> Int32 {
            max(-levels, min(levels - 1, nearestInteger(inverse * x[i])))
        }
        func store(_ inverse: Float) { for i in 0..<n { q[i] = levels + step(i, inverse) } }
        func sums(_ inverse: Float) -> (xl: Float, ll: Float) {
            var (xl, ll): (Float, Float) = (0, 0)
            for i in 0..<n {
                let (weight, l) = (x[i] * x[i], Float(step(i, inverse)))
                xl += weight * x[i] * l
                ll += weight * l * l
            }
            return (xl, ll)
        }
        let plain = Float(-levels) / extreme
        store(plain)
        let first = sums(plain)
        var scale = first.ll == 0 ? 0 : first.xl / first.ll
        var best = scale * first.xl
        for index in -9...9 where index != 0 {
            let inverse = -(Float(levels) + 0.1 * Float(index)) / extreme
            let (xl, ll) = sums(inverse)
            guard ll > 0, xl * xl > best * ll else { continue }
            store(inverse)
            scale = xl / ll
            best = scale * xl
        }
        return scale
    }
}
