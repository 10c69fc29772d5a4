import Tensors

/// A linear projection trained in full: y = x·Wᵀ + b, with x `[R, in]`, W `[out, in]`, b `[1, out]`, y `[R, out]`.
///
/// It remembers the values it started from, so that a base can be asked what it said before training.
package final class TrainableLinear {
    /// Module path in transformers' classifier, such as `classifier.out_proj`.
    package let name: String
    /// Module path in this base's checkpoint, where it would be looked for.
    package let storedName: String
    package let weight: Parameter
    /// nil for a projection without one.
    package let bias: Parameter?
    private let initialWeight: Matrix
    private let initialBias: Matrix?
    /// Whether the trained values answer; else those it started from.
    package var usesTrained = true

    /// - Parameters:
    ///   - weight: W to start from, copied.
    ///   - bias: b to start from, copied.
    package init(name: String, storedName: String? = nil, weight: Matrix, bias: Matrix?) {
        self.name = name
        self.storedName = storedName ?? name
        initialWeight = weight
        initialBias = bias
        let prefix = "base_model.model.\(name)"
        self.weight = Parameter(name: "\(prefix).weight", value: Self.copy(weight))
        self.bias = bias.map {
            Parameter(name: "\(prefix).bias", value: Self.copy($0), shape: [$0.columns], decays: false)
        }
    }

    package var outputs: Int { weight.value.rows }
    package var parameters: [Parameter] { [weight] + [bias].compactMap { $0 } }

    /// Puts back the values it started from.
    package func reset() {
        weight.value.copy(from: initialWeight)
        if let bias, let initialBias { bias.value.copy(from: initialBias) }
    }

    package func forward(_ x: Matrix, into y: Matrix) {
        if let bias = usesTrained ? bias?.value : initialBias {
            for row in 0..<y.rows { y.rows(row..<(row + 1)).copy(from: bias) }
        } else {
            Kernels.clear(y)
        }
        multiply(.plain(x), .transposed(usesTrained ? weight.value : initialWeight), into: y, accumulate: true)
    }

    /// dW += dyᵀ·x, db += Σ dy over rows, dx = dy·W unless `dx` is nil.
    package func backward(_ dy: Matrix, x: Matrix, into dx: Matrix?) {
        multiply(.transposed(dy), .plain(x), into: weight.gradient, accumulate: true)
        if let bias {
            for row in 0..<dy.rows { Kernels.add(dy.rows(row..<(row + 1)), into: bias.gradient) }
        }
        if let dx { multiply(.plain(dy), .plain(weight.value), into: dx) }
    }

    private static func copy(_ matrix: Matrix) -> Matrix {
        let copy = Matrix(rows: matrix.rows, columns: matrix.columns)
        copy.copy(from: matrix)
        return copy
    }
}
