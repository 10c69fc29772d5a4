import CKernels

extension Kernels {
    /// y = x ⊙ mask/(1 − p). The mask of element (row, column) is that of position firstPosition + row·columns +
    /// column, so backward makes it again instead of keeping it.
    package static func dropout(
        _ x: Matrix, into y: Matrix, probability: Float, random: Philox, step: UInt64, firstPosition: UInt64
    ) {
        masked(x, into: y, probability, random, step, firstPosition, accumulate: false)
    }

    /// dx += dy ⊙ mask/(1 − p).
    package static func dropoutBackward(
        _ dy: Matrix, into dx: Matrix, probability: Float, random: Philox, step: UInt64, firstPosition: UInt64
    ) {
        masked(dy, into: dx, probability, random, step, firstPosition, accumulate: true)
    }

    private static func masked(
        _ x: Matrix, into y: Matrix, _ probability: Float, _ random: Philox, _ step: UInt64, _ firstPosition: UInt64,
        accumulate: Bool
    ) {
        x.requireShape(of: y, "dropout")
        y.requireSameOrDisjoint(x, "dropout's result")
        precondition(x.dtype == y.dtype, "dropout's dtype")
        measuredRows(
            x, "dropout", with: x, y, probability, random, step, firstPosition, accumulate
        ) { rows, x, y, probability, random, step, firstPosition, accumulate in
            for row in rows {
                ck_dropout(
                    x.memory(row: row), y.memory(row: row), x.dtype.kernel, x.columns, probability, random.seed,
                    random.stream,
                    step, firstPosition + UInt64(row * x.columns), ck_write(accumulate: accumulate))
            }
        }
    }
}
