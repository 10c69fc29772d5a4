import Tensors
import Testing

/// Checks a gradient against central differences of Σ y ⊙ dy in every element of `x`, which is put back afterwards.
///
/// float32 leaves about three digits: PyTorch's values are the precise check, this one shares no formula with it.
func expectGradient(
    _ gradient: Matrix, of x: Matrix, dy: Matrix, _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    output: () -> Matrix
) {
    let step: Float = 1e-2
    func loss() -> Double { zip(output().values, dy.values).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
    for row in 0..<x.rows {
        for column in 0..<x.columns {
            let value = x[row, column]
            x[row, column] = value + step
            let above = loss()
            x[row, column] = value - step
            let below = loss()
            x[row, column] = value
            let expected = (above - below) / (2 * Double(step))
            let difference = abs(Double(gradient[row, column]) - expected)
            #expect(
                difference <= 2e-2 * max(1, abs(expected)),
                "\(what) [\(row), \(column)]: \(gradient[row, column]), by differences \(expected)",
                sourceLocation: sourceLocation)
        }
    }
}
