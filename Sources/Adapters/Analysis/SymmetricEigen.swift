/// Eigenvalues and vectors of a small symmetric matrix by Jacobi rotations (Golub and Van Loan, 8.5).
enum SymmetricEigen {
    static func zeros(_ size: Int) -> [[Double]] {
        [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    }

    /// `vectors[k][i]` is component k of the eigenvector of `values[i]`.
    static func decompose(_ matrix: [[Double]]) -> (values: [Double], vectors: [[Double]]) {
        var a = matrix
        var v = zeros(a.count)
        for i in 0..<a.count { v[i][i] = 1 }
        for _ in 0..<64 {
            var offDiagonal = 0.0
            for p in 0..<a.count {
                for q in (p + 1)..<max(p + 1, a.count) { offDiagonal += a[p][q] * a[p][q] }
            }
            if offDiagonal < 1e-300 { break }
            for p in 0..<a.count {
                for q in (p + 1)..<max(p + 1, a.count) where a[p][q] != 0 { rotate(&a, &v, p, q) }
            }
        }
        return (a.indices.map { a[$0][$0] }, v)
    }

    /// The symmetric square root of a positive semidefinite matrix.
    static func squareRoot(_ matrix: [[Double]]) -> [[Double]] {
        let (values, vectors) = decompose(matrix)
        var result = zeros(matrix.count)
        for i in values.indices {
            let root = max(0, values[i]).squareRoot()
            for p in values.indices {
                for q in values.indices { result[p][q] += root * vectors[p][i] * vectors[q][i] }
            }
        }
        return result
    }

    private static func rotate(_ a: inout [[Double]], _ v: inout [[Double]], _ p: Int, _ q: Int) {
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in a.indices { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
        for k in a.indices { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
        for k in a.indices { (v[k][p], v[k][q]) = (c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]) }
    }
}
