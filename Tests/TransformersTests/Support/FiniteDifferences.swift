import Tensors
import TestSupport
import Testing

/// Checks a gradient against central differences of Σ y ⊙ dy in every element of `x`, see `gradientMismatches`.
func expectGradient(
    _ gradient: Matrix, of x: Matrix, dy: Matrix, _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    output: () -> Matrix
) {
    for mismatch in gradientMismatches(gradient, of: x, loss: { dot(output(), dy) }) {
        Issue.record("\(what) \(mismatch)", sourceLocation: sourceLocation)
    }
}
