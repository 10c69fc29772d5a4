import Tensors

/// The singular values of scaling · B·A, with A `[r, in]` and B `[out, r]`.
enum LowRankSpectrum {
    /// Most bytes that one module's analysis takes: W0, one of A and B copied, and seven matrices of the rank's size (two
    /// Gram matrices, two of their products, and what the eigenvalues are turned out of).
    static func bytes(rank: Int, inputs: Int, outputs: Int) -> Int {
        DType.float32.bytes * (inputs * outputs + rank * max(inputs, outputs))
            + 7 * rank * rank * MemoryLayout<Double>.size
    }

    /// Descending, as many as A has rows.
    ///
    /// They are the square roots of the eigenvalues of R·(A·Aᵀ)·Rᵀ with BᵀB = RᵀR, which is a matrix of the rank's size
    /// however large the weights are.
    static func singularValues(a: Matrix, b: Matrix, scaling: Float) -> [Double] {
        let root = SymmetricEigen.squareRoot(gram(b, columns: true))
        let inner = gram(a, columns: false)
        let squares = SymmetricEigen.decompose(product(product(root, inner), root)).values
        return squares.map { max(0, $0).squareRoot() * Double(scaling) }.sorted(by: >)
    }

    /// The product of two square matrices of one size.
    private static func product(_ left: [[Double]], _ right: [[Double]]) -> [[Double]] {
        left.map { row in
            var result = [Double](repeating: 0, count: right.count)
            for (factor, line) in zip(row, right) {
                for column in line.indices { result[column] += factor * line[column] }
            }
            return result
        }
    }

    /// MᵀM of its columns, or M·Mᵀ of its rows, in double.
    private static func gram(_ matrix: Matrix, columns: Bool) -> [[Double]] {
        let values = matrix.values
        let size = columns ? matrix.columns : matrix.rows
        let length = columns ? matrix.rows : matrix.columns
        func element(_ i: Int, _ k: Int) -> Double {
            Double(columns ? values[k * matrix.columns + i] : values[i * matrix.columns + k])
        }
        var result = SymmetricEigen.zeros(size)
        for i in 0..<size {
            for j in i..<size {
                for k in 0..<length { result[i][j] += element(i, k) * element(j, k) }
                result[j][i] = result[i][j]
            }
        }
        return result
    }
}
