/// The kernels that layers are made of, each threaded over `Threads`. T is the rows of a matrix. Matrices are float32 unless a
/// kernel says otherwise.
///
/// One file a kernel; forward and backward of a kernel stand together.
package enum Kernels {
    /// As `overRows`, on the clock of `name`.
    static func measuredRows(_ matrix: Matrix, _ name: StaticString, _ body: (Range<Int>) -> Void) {
        KernelClock.measure(name) { overRows(matrix, body) }
    }

    /// Runs `body` on row ranges of a matrix, on all threads where there is enough to share.
    static func overRows(_ matrix: Matrix, _ body: (Range<Int>) -> Void) {
        let elementsWorthSharing = 8192
        if matrix.rows * matrix.columns < elementsWorthSharing {
            if matrix.rows > 0 { body(0..<matrix.rows) }
        } else {
            Threads.parallel(matrix.rows, body)
        }
    }
}
