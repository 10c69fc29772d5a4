import Foundation
import Tensors
import Testing

struct CrossEntropyTests {
    @Test("Losses and gradient give PyTorch's values")
    func agreesWithPyTorch() throws {
        let fixture = try KernelFixture.load("cross_entropy")
        let logits = try fixture.matrix("logits")
        let targets = try fixture.integers("targets").map { Int32($0) }
        let probabilities = Kernels.logProbabilities(logits, targets: targets)
        let (losses, _) = Kernels.crossEntropy(logits, targets: targets, scale: Float(try fixture.scalar("scale")))
        try fixture.expect(logits, equals: "gradient")
        try fixture.expect(Matrix(losses, rows: 1, columns: 4), equals: "losses")
        try fixture.expect(Matrix(probabilities.map { -$0 }, rows: 1, columns: 4), equals: "losses")
    }

    @Test("Any vocabulary agrees with the plain loop", arguments: [(1, 1), (3, 31), (5, 49152)])
    func agreesWithPlainLoop(rows: Int, columns: Int) {
        var numbers = TestNumbers(seed: 7)
        let logits = numbers.matrix(rows, columns, scale: 8)
        let targets = (0..<rows).map { Int32($0 * 7919 % columns) }
        let sums = logits.nested.map { row in log(row.reduce(0) { $0 + exp($1) }) }
        let gradient = zip(logits.nested, zip(sums, targets)).map { row, rest in
            row.enumerated().map { (exp($1 - rest.0) - ($0 == Int(rest.1) ? 1 : 0)) * 0.5 }
        }
        let expected = (0..<rows).map { sums[$0] - Double(logits[$0, Int(targets[$0])]) }
        let (losses, _) = Kernels.crossEntropy(logits, targets: targets, scale: 0.5)
        expectClose(losses, expected, rtol: 2e-6)
        expectClose(logits, gradient, rtol: 1e-5, atol: 1e-7)
    }

    @Test("Huge logits lose no precision to the exponential")
    func extremes() {
        let logits = Matrix([1e4, 1e4 - 2, -1e4], rows: 1, columns: 3)
        let (losses, _) = Kernels.crossEntropy(logits, targets: [1], scale: 1)
        let other = 1 / (1 + exp(2.0))
        expectClose(losses, [2 + log(1 + exp(-2))])
        expectClose(logits.values, [1 - other, other - 1, 0])
    }

    @Test("A NaN among the logits reaches the loss")
    func notANumber() {
        let logits = Matrix([1, .nan, 2], rows: 1, columns: 3)
        let (losses, _) = Kernels.crossEntropy(logits, targets: [0], scale: 1)
        #expect(losses[0].isNaN)
    }

    @Test("No rows give no losses")
    func noRows() {
        #expect(Kernels.crossEntropy(Matrix(rows: 0, columns: 5), targets: [], scale: 1).losses.isEmpty)
    }

    @Test("A narrowed gradient is the gradient rounded to bfloat16", arguments: [1, 16, 37, 1000])
    func narrowed(columns: Int) {
        var numbers = TestNumbers(seed: 31)
        let logits = numbers.matrix(3, columns, scale: 4)
        let targets = (0..<3).map { Int32($0 * 5 % columns) }
        let (losses, gradient) = Kernels.crossEntropy(logits.copied, targets: targets, scale: 0.25)
        let (sameLosses, narrowed) = Kernels.crossEntropy(logits, targets: targets, scale: 0.25, narrowed: true)
        #expect(sameLosses == losses)
        #expect(narrowed.values == gradient.rounded.values)
    }

    @Test("The gradient agrees with finite differences")
    func gradient() {
        var numbers = TestNumbers(seed: 8)
        let logits = numbers.matrix(2, 21, scale: 3)
        let gradient = logits.copied
        _ = Kernels.crossEntropy(gradient, targets: [20, 4], scale: 1)
        expectGradient(gradient, of: logits) {
            Kernels.logProbabilities(logits, targets: [20, 4]).reduce(0) { $0 - Double($1) }
        }
    }

    @Test("Smoothed labels give PyTorch's losses and gradient")
    func smoothed() throws {
        let fixture = try KernelFixture.load("smoothed_cross_entropy")
        let logits = try fixture.matrix("logits")
        let targets = try fixture.integers("targets").map { Int32($0) }
        let (losses, _) = Kernels.crossEntropy(
            logits, targets: targets, scale: Float(try fixture.scalar("scale")),
            smoothing: Float(try fixture.scalar("smoothing")))
        try fixture.expect(logits, equals: "gradient")
        try fixture.expect(Matrix(losses, rows: 1, columns: 4), equals: "losses")
    }

    @Test("Smoothed labels over any vocabulary agree with the plain loop", arguments: [(1, 1), (3, 31), (5, 49152)])
    func smoothedPlainLoop(rows: Int, columns: Int) {
        var numbers = TestNumbers(seed: 9)
        let logits = numbers.matrix(rows, columns, scale: 8)
        let targets = (0..<rows).map { Int32($0 * 7919 % columns) }
        let (smoothing, scale) = (0.25, 0.5)
        let sums = logits.nested.map { row in log(row.reduce(0) { $0 + exp($1) }) }
        let gradient = zip(logits.nested, zip(sums, targets)).map { row, rest in
            row.enumerated().map { column, logit in
                let share = smoothing / Double(columns) + (column == Int(rest.1) ? 1 - smoothing : 0)
                return (exp(logit - rest.0) - share) * scale
            }
        }
        let expected = zip(logits.nested, zip(sums, targets)).map { row, rest in
            rest.0 - (1 - smoothing) * row[Int(rest.1)] - smoothing * row.reduce(0, +) / Double(columns)
        }
        let narrowed = logits.copied
        let (losses, _) = Kernels.crossEntropy(
            logits, targets: targets, scale: Float(scale), smoothing: Float(smoothing))
        expectClose(losses, expected, rtol: 2e-6)
        expectClose(logits, gradient, rtol: 1e-5, atol: 1e-7)
        let rounded = Kernels.crossEntropy(
            narrowed, targets: targets, scale: Float(scale), narrowed: true, smoothing: Float(smoothing)
        ).gradient
        #expect(rounded.values == logits.rounded.values)
    }
}
