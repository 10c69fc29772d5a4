import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Self-attention with grouped heads over ragged sequences (scripts/reference/layer_values.py)")
struct SelfAttentionTests {
    private let x: Matrix

    init() throws {
        x = try LayerFixture.tensor("x")
    }

    private func forward(_ layer: LayerFixture, rows: [Int32]?) -> (y: Matrix, saved: SelfAttention.Saved) {
        let y = Matrix(rows: rows?.count ?? x.rows, columns: x.columns)
        return (y, layer.attention.forward(x, into: y, rows: rows, layout: layer.layout, pass: layer.pass))
    }

    /// ∂L/∂x, the residual's share included.
    private func backward(
        _ layer: LayerFixture, _ saved: SelfAttention.Saved, dy: Matrix, rows: [Int32]?, needsInputGradient: Bool = true
    ) -> Matrix {
        let dx = Matrix(rows: x.rows, columns: x.columns)
        Kernels.scatterAddRows(dy, rows: rows ?? (0..<Int32(x.rows)).map { $0 }, into: dx)
        layer.attention.backward(
            dy, into: dx, saved: saved, rows: rows, layout: layer.layout, needsInputGradient: needsInputGradient,
            pass: layer.pass)
        return dx
    }

    @Test(
        "Output, input gradient and adapter gradients are PyTorch's, for all rows and for some",
        arguments: [("attention", nil), ("attention_rows", LayerFixture.selected)])
    func reference(name: String, rows: [Int32]?) throws {
        let layer = try LayerFixture()
        let (y, saved) = forward(layer, rows: rows)
        try LayerFixture.expect(y, name + ".y")
        let dx = backward(layer, saved, dy: try LayerFixture.tensor(name + ".dy"), rows: rows)
        try LayerFixture.expect(dx, name + ".dx")
        #expect(layer.updates.count == 7)
        for update in layer.updates.prefix(4) {
            try LayerFixture.expect(update.a.gradient, "\(name).gradient.\(update.a.name)")
            try LayerFixture.expect(update.b.gradient, "\(name).gradient.\(update.b.name)")
        }
    }

    @Test("Gradients are the slopes of the output", arguments: [nil, LayerFixture.selected])
    func differences(rows: [Int32]?) throws {
        let layer = try LayerFixture(adapted: ["k_proj", "o_proj"])
        let (_, saved) = forward(layer, rows: rows)
        let dy = try LayerFixture.tensor(rows == nil ? "attention.dy" : "attention_rows.dy")
        let dx = backward(layer, saved, dy: dy, rows: rows)
        func output() -> Matrix { forward(layer, rows: rows).y }
        expectGradient(dx, of: x, dy: dy, "x", output: output)
        for update in layer.updates {
            for parameter in [update.a, update.b] {
                expectGradient(parameter.gradient, of: parameter.value, dy: dy, parameter.name, output: output)
            }
        }
    }

    @Test("Where nothing below trains, adapters get the same gradients and dx is left alone")
    func noInputGradient() throws {
        let layer = try LayerFixture()
        let (_, saved) = forward(layer, rows: nil)
        let dy = try LayerFixture.tensor("attention.dy")
        let dx = backward(layer, saved, dy: dy, rows: nil, needsInputGradient: false)
        #expect(dx.values == dy.values)
        for update in layer.updates.prefix(4) {
            try LayerFixture.expect(update.b.gradient, "attention.gradient.\(update.b.name)")
        }
    }
}
