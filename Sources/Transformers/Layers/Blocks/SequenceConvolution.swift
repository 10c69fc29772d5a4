import Tensors

/// A convolution along each sequence, with zeros beyond its ends:
///
///     y[t] = Σ_κ x[t + κ − (K − 1)/2]·W_κᵀ + b    [T, d], κ < K
///
/// In g groups, the rows of W_κ that belong to a group read the group's columns of x alone. It is computed as one product
/// a tap, so no window is ever copied out, and sequences do not reach into each other.
package final class SequenceConvolution {
    /// Weight and bias as they can be trained: the weight `[d, d/g·K]` as a checkpoint's `[d, d/g, K]` lies in memory.
    package typealias Slots = (weight: ParameterSlot, bias: ParameterSlot)

    /// For each tap the groups' weights `[d/g, d/g]`.
    private let taps: [[FrozenWeight]]
    /// `[1, d]`
    private let bias: Matrix
    private let read: () throws -> Slots
    /// From `unfreeze` on.
    private var slots: Slots?

    /// - Parameters:
    ///   - size: K, odd.
    ///   - read: reads weight and bias, now and when they are to be trained.
    /// - Throws: as `read`.
    package init(size: Int, groups: Int, dtype: DType, reading read: @escaping () throws -> Slots) throws {
        let (weight, bias) = try read()
        let width = weight.value.rows / groups
        precondition(weight.value.columns == width * size && size % 2 == 1, "a convolution's weight")
        self.read = read
        self.bias = bias.value
        taps = (0..<size).map { tap in
            (0..<groups).map { group in
                let part = Matrix(rows: width, columns: width)
                Self.take(tap, of: size, group, from: weight.value, into: part)
                return FrozenWeight(part, dtype: dtype)
            }
        }
    }

    package var parameterSlots: [ParameterSlot] { slots.map { [$0.weight, $0.bias] } ?? [] }

    /// - Throws: as reading weight and bias.
    package func unfreeze() throws {
        guard slots == nil else { return }
        let read = try read()
        // The bias is the one that is computed with.
        slots = (read.weight, read.bias.sharing(bias))
    }

    /// One tap's weight `[d/g, d/g]` of a group.
    private static func take(_ tap: Int, of size: Int, _ group: Int, from weight: Matrix, into part: Matrix) {
        for row in 0..<part.rows {
            for column in 0..<part.columns {
                part[row, column] = weight[group * part.rows + row, column * size + tap]
            }
        }
    }

    /// Takes the taps from a weight that may have changed.
    private func refresh() {
        guard let weight = slots?.weight, weight.isLive else { return }
        for (tap, groups) in taps.enumerated() {
            for (group, part) in groups.enumerated() {
                guard let memory = part.memory else { preconditionFailure("a live convolution's weight") }
                Self.take(tap, of: taps.count, group, from: weight.value, into: memory)
            }
        }
    }

    /// dW_κ `[d/g, d/g]` += Σ_t dy[t]ᵀ·x[t + κ − (K − 1)/2] of every group and tap, and db += Σ_t dy, where they are
    /// trained.
    package func accumulateGradients(_ dy: Matrix, x: Matrix, layout: SequenceLayout, scratch: Arena) {
        guard let slots else { return }
        let mark = scratch.mark()
        defer { scratch.release(to: mark) }
        if let gradient = slots.bias.gradient { accumulateRowSums(dy, into: gradient, scratch: scratch) }
        guard let gradient = slots.weight.gradient else { return }
        let shifted = scratch.matrix(x.rows, x.columns)
        for (tap, groups) in taps.enumerated() {
            shift(x, by: tap - taps.count / 2, into: shifted, layout: layout)
            let width = x.columns / groups.count
            let part = scratch.matrix(width, width)
            for group in groups.indices {
                let columns = (group * width)..<((group + 1) * width)
                multiply(
                    .transposed(dy.columns(columns)), .plain(shifted.columns(columns)), into: part, scratch: scratch)
                for row in 0..<width {
                    for column in 0..<width {
                        gradient[group * width + row, column * taps.count + tap] += part[row, column]
                    }
                }
            }
        }
    }

    /// y `[T, d]` of x `[T, d]`, both float32.
    package func forward(_ x: Matrix, into y: Matrix, layout: SequenceLayout, scratch: Arena) {
        let mark = scratch.mark()
        defer { scratch.release(to: mark) }
        refresh()
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
