import Foundation
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Norm, vocabulary head and embedding (scripts/reference/layer_values.py)")
struct HeadAndEmbeddingTests {
    private let x: Matrix
    private let targets: [Int32]
    private let pass = LayerFixture.pass()

    init() throws {
        x = try LayerFixture.tensor("head.x")
        targets = try LayerFixture.tensor("head.targets").values.map { Int32($0) }
    }

    private func head() throws -> VocabularyHead {
        VocabularyHead(
            norm: try LayerFixture.norm("head.norm"),
            weight: FrozenWeight(try LayerFixture.tensor("head.weight"), dtype: .float32),
            activation: .float32)
    }

    @Test("The norm's output and input gradient are PyTorch's; the gradient is added to what is there")
    func norm() throws {
        let norm = try LayerFixture.norm("head.norm")
        let y = Matrix(rows: x.rows, columns: x.columns)
        let statistics = Matrix(rows: x.rows, columns: 1)
        norm.forward(x, into: y, statistics: statistics)
        try LayerFixture.expect(y, "norm.y")
        let again = Matrix(rows: x.rows, columns: x.columns)
        norm.forward(x, into: again, statistics: statistics)
        #expect(again.values == y.values)

        let dx = Matrix(rows: x.rows, columns: x.columns)
        dx.fill(1)
        norm.backward(try LayerFixture.tensor("norm.dy"), x: x, statistics: statistics, into: dx)
        let expected = try LayerFixture.tensor("norm.dx").values.map { $0 + 1 }
        #expect(firstDifference(dx.values, expected, relative: 2e-5, absolute: 2e-5) == nil)
    }

    @Test("The norm's gradient is the slope of its output")
    func normDifferences() throws {
        let norm = try LayerFixture.norm("head.norm")
        let few = x.rows(0..<5).copied
        let statistics = Matrix(rows: 5, columns: 1)
        func output() -> Matrix {
            let y = Matrix(rows: 5, columns: few.columns)
            norm.forward(few, into: y, statistics: statistics)
            return y
        }
        _ = output()
        let dx = Matrix(rows: 5, columns: few.columns)
        let dy = try LayerFixture.tensor("norm.dy").rows(0..<5)
        norm.backward(dy, x: few, statistics: statistics, into: dx)
        expectGradient(dx, of: few, dy: dy, "x", output: output)
    }

    @Test("Logits and log-probabilities are PyTorch's, over more rows than one block")
    func logits() throws {
        let logits = Matrix(rows: x.rows, columns: 23)
        try head().logits(x, into: logits, pass: pass)
        try LayerFixture.expect(logits, "head.logits")
        let found = try head().logProbabilities(x, targets: targets, pass: pass)
        let expected = try LayerFixture.tensor("head.logprobs").values
        #expect(firstDifference(found, expected, relative: 2e-5, absolute: 2e-5) == nil)
    }

    @Test("The loss is the sum of PyTorch's cross-entropies, and its input gradient carries the scale")
    func loss() throws {
        let dx = Matrix(rows: x.rows, columns: x.columns)
        dx.fill(.nan)
        let loss = try head().loss(x, targets: targets, scale: 0.25, gradient: dx, pass: pass)
        let expected = try LayerFixture.tensor("head.logprobs").values.reduce(0.0) { $0 - Double($1) }
        #expect(abs(loss - expected) <= 1e-5 * expected)
        try LayerFixture.expect(dx, "head.dx")
    }

    @Test("The loss's gradient is its slope")
    func lossDifferences() throws {
        let few = x.rows(0..<6).copied
        let head = try head()
        let dx = Matrix(rows: 6, columns: few.columns)
        func loss(_ gradient: Matrix) -> Double {
            head.loss(few, targets: Array(targets[..<6]), scale: 1, gradient: gradient, pass: pass)
        }
        _ = loss(dx)
        let ignored = Matrix(rows: 6, columns: few.columns)
        expectGradient(dx, of: few, dy: Matrix([1], rows: 1, columns: 1), "x") {
            Matrix([Float(loss(ignored))], rows: 1, columns: 1)
        }
    }

    @Test("An embedding is the table's rows, also where an id comes twice")
    func embedding() throws {
        let table = FrozenWeight(try LayerFixture.tensor("head.weight"), dtype: .float32)
        let ids = try LayerFixture.tensor("embedding.ids").values.map { Int32($0) }
        let x = Matrix(rows: ids.count, columns: 12)
        let layout = SequenceLayout(positions: ids.map { _ in 0 }, spans: [])
        _ = TokenEmbedding(table: table).forward(ids, layout: layout, into: x, pass: pass)
        #expect(x.values == (try LayerFixture.tensor("embedding.y").values))
    }
}
