import Tensors
import TestSupport
import Testing

/// Checks a gradient against central differences of `loss` in every element of `x`, see `gradientMismatches`.
func expectGradient(
    _ gradient: Matrix, of x: Matrix, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation,
    loss: () -> Double
) {
    for mismatch in gradientMismatches(gradient, of: x, loss: loss) {
        Issue.record("\(what) \(mismatch)", sourceLocation: sourceLocation)
    }
}
