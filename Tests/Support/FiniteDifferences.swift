import Tensors

/// Every element of `gradient` that is not what central differences of `loss` give for the element of `x`, which is put
/// back afterwards.
///
/// float32 leaves about three digits: the step is large and the tolerance wide, so twins and PyTorch's values are the
/// precise check and this one catches a wrong formula that both of them might share.
package func gradientMismatches(
    _ gradient: Matrix, of x: Matrix, step: Float = 1e-2, tolerance: Double = 2e-2, loss: () -> Double
) -> [String] {
    var mismatches: [String] = []
    for row in 0..<x.rows {
        for column in 0..<x.columns {
            let value = x[row, column]
            x[row, column] = value + step
            let above = loss()
            x[row, column] = value - step
            let below = loss()
            x[row, column] = value
            let expected = (above - below) / (2 * Double(step))
            let actual = Double(gradient[row, column])
            guard !(abs(actual - expected) <= tolerance * max(1, abs(expected))) else { continue }
            mismatches.append("[\(row), \(column)]: \(actual), by differences \(expected)")
        }
    }
    return mismatches
}

/// Σ a ⊙ b: the loss whose gradient in a is b.
package func dot(_ a: Matrix, _ b: Matrix) -> Double {
    zip(a.values, b.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}
