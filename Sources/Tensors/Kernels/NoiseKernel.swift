import CKernels

extension Kernels {
    /// x += magnitude·u, u uniform in [−1, 1). The u of element (row, column) is that of position firstPosition +
    /// row·columns + column, and the same bits by every variant.
    package static func addNoise(
        to x: Matrix, magnitude: Float, random: Philox, step: UInt64, firstPosition: UInt64
    ) {
        precondition(x.dtype == .float32, "noise on float32")
        measuredRows(
            x, "noise", with: x, magnitude, random, step, firstPosition
        ) { rows, x, magnitude, random, step, firstPosition in
            for row in rows {
                ck_add_noise(
                    x.pointer(row: row), x.columns, magnitude, random.seed, random.stream, step,
                    firstPosition + UInt64(row * x.columns))
            }
        }
    }
}
