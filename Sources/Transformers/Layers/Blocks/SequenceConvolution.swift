import Tensors

/// A frozen convolution along each sequence, with zeros beyond its ends:
///
///     y[t] = Σ_κ x[t + κ − (K − 1)/2]·W_κᵀ + b    [T, d], κ < K
///
/// In g groups, the rows of W_κ that belong to a group read the group's columns of x alone. It is computed as one product
/// a tap, so no window is ever copied out, and sequences do not reach into each other.
package struct SequenceConvolution {
    /// For each tap the groups' weights `[d/g, d/g]`.
    private let taps: [[FrozenWeight]]
    /// `[1, d]`
    private let bias: Matrix

    /// - Parameters:
    ///   - weight: `[d, d/g·K]` as a checkpoint's `[d, d/g, K]` lies in memory.
    ///   - size: K, odd.
    package init(weight: Matrix, bias: Matrix, size: Int, groups: Int, dtype: DType) {
        let width = weight.rows / groups
        precondition(weight.columns == width * size && size % 2 == 1, "a convolution's weight")
        self.bias = bias
        taps = (0..<size).map { tap in
            (0..<groups).map { group in
                let part = Matrix(rows: width, columns: width)
                for row in 0..<width {
                    for column in 0..<width { part[row, column] = weight[group * width + row, column * size + tap] }
                }
                return FrozenWeight(part, dtype: dtype)
            }
        }
    }

    /// y `[T, d]` of x `[T, d]`, both float32.
    package func forward(_ x: Matrix, into y: Matrix, layout: SequenceLayout, scratch: Arena) {
        let mark = scratch.mark()
        defer { scratch.release(to: mark) }
        let shifted = scratch.matrix(x.rows, x.columns, taps[0][0].computeType)
        let converted = scratch.converted(x, to: shifted.dtype)
        Kernels.clear(y)
        Kernels.addRow(bias, into: y)
        for (tap, groups) in taps.enumerated() {
            shift(converted, by: tap - taps.count / 2, into: shifted, layout: layout)
            let width = x.columns / groups.count
            for (index, weight) in groups.enumerated() {
                let columns = (index * width)..<((index + 1) * width)
                let part = y.columns(columns)
                weight.forward(shifted.columns(columns), adding: part, into: part)
            }
        }
    }

    /// dx[t] += Σ_κ dy[t − κ + (K − 1)/2]·W_κ, both `[T, d]` of float32.
    package func backward(_ dy: Matrix, into dx: Matrix, layout: SequenceLayout, scratch: Arena) {
        let mark = scratch.mark()
        defer { scratch.release(to: mark) }
        let shifted = scratch.matrix(dy.rows, dy.columns, taps[0][0].computeType)
        let converted = scratch.converted(dy, to: shifted.dtype)
        for (tap, groups) in taps.enumerated() {
            shift(converted, by: taps.count / 2 - tap, into: shifted, layout: layout)
            let width = dy.columns / groups.count
            for (index, weight) in groups.enumerated() {
                let columns = (index * width)..<((index + 1) * width)
                let part = dx.columns(columns)
                weight.backward(shifted.columns(columns), adding: part, into: part)
            }
        }
    }

    /// Row t of the result is row t + `offset` of x where that belongs to the same sequence, else zero.
    private func shift(_ x: Matrix, by offset: Int, into result: Matrix, layout: SequenceLayout) {
        for span in layout.spans {
            let rows = span.queryStart..<(span.queryStart + span.queryCount)
            let first = min(max(rows.lowerBound, rows.lowerBound - offset), rows.upperBound)
            let end = max(min(rows.upperBound, rows.upperBound - offset), first)
            result.rows(rows.lowerBound..<first).clear()
            // Of a sequence shorter than the shift nothing is left.
            if first < end { result.rows(first..<end).copy(from: x.rows((first + offset)..<(end + offset))) }
            result.rows(end..<rows.upperBound).clear()
        }
    }
}
