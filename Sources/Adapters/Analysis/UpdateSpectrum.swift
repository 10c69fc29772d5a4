import Tensors
import Transformers

/// What one module learned: singular values of its update, and how large that is beside the base weight.
package struct UpdateSpectrum: Sendable {
    /// Module path in the base.
    package let module: String
    /// Of the scaled B·A, descending, as many as its rank.
    package let singularValues: [Double]
    /// ‖update‖ over ‖W0‖, Frobenius norms.
    package let relativeNorm: Double

    /// Most bytes that one module's spectrum takes: W0, one of A and B copied, and seven matrices of the rank's size (two
    /// Gram matrices, two of their products, and what the eigenvalues are turned out of).
    static func bytes(rank: Int, inputs: Int, outputs: Int) -> Int {
        DType.float32.bytes * (inputs * outputs + rank * max(inputs, outputs))
            + 7 * rank * rank * MemoryLayout<Double>.size
    }
}

extension LoRAAdapter {
    /// The spectrum of every module.
    ///
    /// The singular values of B·A are the square roots of the eigenvalues of R·(A·Aᵀ)·Rᵀ with BᵀB = RᵀR, which is a
    /// matrix of the rank's size however large the weights are.
    /// - Parameter progress: told how many modules of how many are done.
    /// - Throws: as reading the base's weights.
    package func spectra(base: any WeightSource, progress: (Int, Int) -> Void = { _, _ in }) throws -> [UpdateSpectrum]
    {
        try modules.enumerated().map { index, module in
            defer { progress(index + 1, modules.count) }
            let shape = module.slot.weightShape
            let weight = Matrix(rows: shape[0], columns: shape[1])
            try base.read(module.slot.weightName, into: weight)
            let values = singularValues(module)
            let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return UpdateSpectrum(
                module: module.slot.name, singularValues: values,
                relativeNorm: norm / Kernels.squaredNorm(weight).squareRoot())
        }
    }

    private func singularValues(_ module: Module) -> [Double] {
        let root = SymmetricEigen.squareRoot(gram(module.b.value, columns: true))
        let inner = gram(module.a.value, columns: false)
        let scaling = Double(module.scaling)
        let squares = SymmetricEigen.decompose(Self.product(Self.product(root, inner), root)).values
        return squares.map { max(0, $0).squareRoot() * scaling }.sorted(by: >)
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
    private func gram(_ matrix: Matrix, columns: Bool) -> [[Double]] {
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
