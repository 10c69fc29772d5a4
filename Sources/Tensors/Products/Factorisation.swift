import COpenBLAS

/// Factors of a weight W `[m, n]`, computed in double by LAPACK. Their last bits depend on the CPU that computes them.
package enum Factorisation {
    /// Bytes that either takes while it computes `count` directions.
    package static func bytes(rows: Int, columns: Int, count: Int) -> Int {
        let side = min(rows, columns)
        return MemoryLayout<Double>.size * (rows * columns + 2 * side * side + 2 * count * (rows + columns))
    }

    /// The largest singular values of W and their vectors: W ≈ left `[m, r]` · diag(values) · right `[r, n]`, largest
    /// first. From the eigenvectors of W's smaller Gram matrix, so that directions which are smaller than 10⁻⁷ of the
    /// largest are zero.
    ///
    /// - Parameter count: r, at most min(m, n).
    /// - Returns: nil where LAPACK finds none, as with NaN.
    package static func singular(_ w: Matrix, count r: Int) -> (left: Matrix, values: [Double], right: Matrix)? {
        precondition(r > 0 && r <= min(w.rows, w.columns), "\(r) directions of \(w.rows) × \(w.columns)")
        let values = w.doubles
        let (m, n) = (w.rows, w.columns)
        let isWide = m <= n
        let side = min(m, n)
        var gram = [Double](repeating: 0, count: side * side)
        // W·Wᵀ or Wᵀ·W.
        cblas_dgemm(
            CblasRowMajor, isWide ? CblasNoTrans : CblasTrans, isWide ? CblasTrans : CblasNoTrans, blasint(side),
            blasint(side), blasint(max(m, n)), 1, values, blasint(n), values, blasint(n), 0, &gram, blasint(side))
        guard let (squares, vectors) = largestEigenvectors(of: &gram, size: side, count: r) else { return nil }
        let singular = squares.map { max(0, $0).squareRoot() }
        // Of the other side: the vectors times W, over the singular values.
        var others = [Double](repeating: 0, count: r * max(m, n))
        cblas_dgemm(
            CblasRowMajor, CblasNoTrans, isWide ? CblasNoTrans : CblasTrans, blasint(r), blasint(max(m, n)),
            blasint(side), 1, vectors, blasint(side), values, blasint(n), 0, &others, blasint(max(m, n)))
        let negligible = 1e-7 * (singular.first ?? 0)
        let kept = singular.map { $0 > negligible ? $0 : 0 }
        let own = Matrix(rows: r, columns: side)
        let other = Matrix(rows: r, columns: max(m, n))
        for direction in 0..<r where kept[direction] > 0 {
            for i in 0..<side { own[direction, i] = Float(vectors[direction * side + i]) }
            for i in 0..<other.columns {
                other[direction, i] = Float(others[direction * other.columns + i] / kept[direction])
            }
        }
        let (left, right) = isWide ? (own, other) : (other, own)
        let columns = Matrix(rows: m, columns: r)
        Kernels.transpose(left, into: columns)
        return (columns, kept, right)
    }

    /// The first columns of Q `[m, r]` and the first rows of R `[r, n]` of W = Q·R, by Householder's reflections.
    ///
    /// - Parameter count: r, at most min(m, n).
    /// - Returns: nil where W holds what is no number.
    package static func orthogonal(_ w: Matrix, count r: Int) -> (q: Matrix, r: Matrix)? {
        precondition(r > 0 && r <= min(w.rows, w.columns), "\(r) columns of \(w.rows) × \(w.columns)")
        let (m, n) = (w.rows, w.columns)
        let values = w.doubles
        // The reflections of the first r columns are those of the whole.
        var q = [Double](repeating: 0, count: m * r)
        for row in 0..<m {
            for column in 0..<r { q[column * m + row] = values[row * n + column] }
        }
        var tau = [Double](repeating: 0, count: r)
        let (size, count) = ([blasint(m)], [blasint(r)])
        guard
            withWork({ work, length, info in
                dgeqrf_(size, count, &q, size, &tau, work, length, info)
            }),
            withWork({ work, length, info in
                dorgqr_(size, count, count, &q, size, tau, work, length, info)
            })
        else { return nil }
        // R = Qᵀ·W; q lies column by column, which is Qᵀ row by row.
        var upper = [Double](repeating: 0, count: r * n)
        cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(r), blasint(n), blasint(m), 1, q, blasint(m), values,
            blasint(n), 0, &upper, blasint(n))
        guard q.allSatisfy(\.isFinite), upper.allSatisfy(\.isFinite) else { return nil }
        let (columns, rows) = (Matrix(rows: m, columns: r), Matrix(rows: r, columns: n))
        for index in 0..<r {
            for row in 0..<m { columns[row, index] = Float(q[index * m + row]) }
            for column in index..<n { rows[index, column] = Float(upper[index * n + column]) }
        }
        return (columns, rows)
    }

    /// The largest eigenvalues, largest first, with their vectors row by row; nil where LAPACK finds none.
    private static func largestEigenvectors(
        of gram: inout [Double], size: Int, count: Int
    ) -> (values: [Double], vectors: [Double])? {
        // Fortran takes numbers by their address.
        let (n, first, last) = ([blasint(size)], [blasint(size - count + 1)], [blasint(size)])
        let none = [0.0]
        var found = blasint(0)
        var values = [Double](repeating: 0, count: size)
        var vectors = [Double](repeating: 0, count: size * count)
        var support = [blasint](repeating: 0, count: 2 * size)
        var integers = [blasint](repeating: 0, count: 10 * size)
        let integerCount = [blasint(10 * size)]
        guard gram.allSatisfy(\.isFinite) else { return nil }
        let succeeded = withWork { work, length, info in
            dsyevr_(
                "V", "I", "U", n, &gram, n, none, none, first, last, none, &found, &values, &vectors, n, &support, work,
                length, &integers, integerCount, info, 1, 1, 1)
        }
        guard succeeded, found == blasint(count) else { return nil }
        // They come smallest first.
        let descending = (0..<count).reversed()
        return (
            descending.map { values[$0] },
            descending.flatMap { vectors[($0 * size)..<(($0 + 1) * size)] }
        )
    }

    /// Asks a routine how much memory it wants, and runs it with that.
    private static func withWork(
        _ routine: (UnsafeMutablePointer<Double>, UnsafePointer<blasint>, UnsafeMutablePointer<blasint>) -> Void
    ) -> Bool {
        var (wanted, asks, info) = (0.0, blasint(-1), blasint(0))
        routine(&wanted, &asks, &info)
        guard info == 0 else { return false }
        var length = blasint(max(1, wanted))
        var work = [Double](repeating: 0, count: Int(length))
        routine(&work, &length, &info)
        return info == 0
    }
}

extension Matrix {
    fileprivate var doubles: [Double] { values.map(Double.init) }
}
