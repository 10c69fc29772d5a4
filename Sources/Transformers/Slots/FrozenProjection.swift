import Tensors

/// What is frozen of one projection, y = x·Wᵀ + b: W `[out, in]`, some rows of a weight that projections of one input
/// share, for adapters that need more of it than its product with x.
package final class FrozenProjection {
    private let weight: FrozenWeight
    /// The outputs of `weight` that are this projection's.
    private let columns: Range<Int>
    /// b `[1, out]`; nil without one.
    package let bias: Matrix?

    init(weight: FrozenWeight, columns: Range<Int>, bias: Matrix?) {
        self.weight = weight
        self.columns = columns
        self.bias = bias?.columns(columns)
    }

    package var outputs: Int { columns.count }
    package var inputs: Int { weight.inputs }
    /// Outputs of all projections that share the weight, which its products have.
    package var sharedOutputs: Int { weight.outputs }

    /// y `[T, out]` = x·Wᵀ for any x `[T, in]`, without the bias. Costs a product of all projections that share the
    /// weight.
    package func product(_ x: Matrix, into y: Matrix, scratch: Arena) {
        let mark = scratch.mark()
        defer { scratch.release(to: mark) }
        let x = scratch.converted(x, to: weight.computeType)
        guard columns.count < weight.outputs else { return weight.forward(x, into: y) }
        let all = scratch.matrix(x.rows, weight.outputs)
        weight.forward(x, into: all)
        y.copy(from: all.columns(columns))
    }

    /// dx `[T, in]` += dy `[T, out]`·W; the backward of `product`, at the same cost.
    package func accumulateInputGradient(_ dy: Matrix, into dx: Matrix, pass: Pass) {
        pass.withScratch { scratch in
            var all = dy
            if columns.count < weight.outputs {
                all = scratch.matrix(dy.rows, weight.outputs)
                Kernels.clear(all)
                all.columns(columns).copy(from: dy)
            }
            let dy = scratch.converted(all, to: weight.computeType)
            weight.backward(dy, adding: dx, into: dx, keepingPanels: pass.keepsPanels)
        }
    }

    /// W as it is computed with, which may be rounded: a product with the unit rows, in pieces.
    package func weightMatrix() -> Matrix {
        let result = Matrix(rows: outputs, columns: inputs)
        let arena = Arena(reservingBytes: MachineInfo.physicalMemoryBytes)
        let piece = 256
        for start in stride(from: 0, to: inputs, by: piece) {
            let rows = start..<min(inputs, start + piece)
            let mark = arena.mark()
            defer { arena.release(to: mark) }
            let unit = arena.matrix(rows.count, inputs)
            unit.fill(0)
            for (row, column) in rows.enumerated() { unit[row, column] = 1 }
            let product = arena.matrix(rows.count, outputs)
            self.product(unit, into: product, scratch: arena)
            Kernels.transpose(product, into: result.columns(rows))
        }
        return result
    }

    /// ‖W_i‖² of every row of W, in double: of the weight as it is stored, which may be rounded.
    package func squaredRowNorms() -> [Double] { weight.squaredRowNorms(columns) }
}
