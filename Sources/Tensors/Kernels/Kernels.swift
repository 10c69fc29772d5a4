/// The kernels that layers are made of, each threaded over `Threads`. T is the rows of a matrix. Matrices are float32
/// unless a kernel says otherwise.
///
/// One file a kernel; forward and backward of a kernel stand together.
package enum Kernels {
    /// As `overRows`, on the clock of `name`.
    static func measuredRows<each Argument>(
        _ matrix: Matrix, _ name: StaticString, with arguments: repeat each Argument,
        body: @escaping @Sendable (Range<Int>, repeat each Argument) -> Void
    ) {
        KernelClock.measure(name) { overRows(matrix, with: repeat each arguments, body: body) }
    }

    /// Runs `body` on row ranges of a matrix, on all threads where there is enough to share.
    ///
    /// - Parameters:
    ///   - arguments: handed to `body`, which should capture nothing, see `Threads.parallel`.
    static func overRows<each Argument>(
        _ matrix: Matrix, with arguments: repeat each Argument,
        body: @escaping @Sendable (Range<Int>, repeat each Argument) -> Void
    ) {
        let elementsWorthSharing = 8192
        if matrix.rows * matrix.columns < elementsWorthSharing {
            if matrix.rows > 0 { body(0..<matrix.rows, repeat each arguments) }
        } else {
            Threads.parallel(matrix.rows, with: repeat each arguments, body: body)
        }
    }

    /// Runs `body` on column ranges of a matrix, for sums over its rows: each thread has columns of its own, so that
    /// their number changes no bit.
    static func overColumns<each Argument>(
        _ matrix: Matrix, with arguments: repeat each Argument,
        body: @escaping @Sendable (Range<Int>, repeat each Argument) -> Void
    ) {
        guard matrix.rows > 0 else { return }
        let (elementsWorthSharing, columnsWorthSharing) = (8192, 128)
        if matrix.rows * matrix.columns < elementsWorthSharing {
            body(0..<matrix.columns, repeat each arguments)
        } else {
            Threads.parallel(
                matrix.columns, grain: columnsWorthSharing, with: repeat each arguments, body: body)
        }
    }
}
