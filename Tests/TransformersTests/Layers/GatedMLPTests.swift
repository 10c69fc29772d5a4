import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Gated feed-forward layer (scripts/reference/layer_values.py)")
struct GatedMLPTests {
    private let x: Matrix
    private let dy: Matrix

    init() throws {
        x = try LayerFixture.tensor("x")
        dy = try LayerFixture.tensor("mlp.dy")
    }

    private func forward(_ layer: LayerFixture) -> (y: Matrix, kept: GatedMLP.Kept) {
        let y = Matrix(rows: x.rows, columns: x.columns)
        return (y, layer.mlp.forward(x, into: y, pass: layer.pass))
    }

    @Test("Output, input gradient and adapter gradients are PyTorch's")
    func reference() throws {
        let layer = try LayerFixture(adapted: ["gate_proj", "up_proj", "down_proj"])
        let (y, kept) = forward(layer)
        try LayerFixture.expect(y, "mlp.y")
        let dx = dy.copied
        layer.mlp.backward(into: dx, kept: kept, needsInputGradient: true, pass: layer.pass)
        try LayerFixture.expect(dx, "mlp.dx")
        try layer.expectGradients("mlp")
    }

    @Test("Gradients are the slopes of the output", arguments: [["gate_proj", "down_proj"], ["up_proj"], []])
    func differences(adapted: [String]) throws {
        let layer = try LayerFixture(adapted: adapted)
        let (_, kept) = forward(layer)
        let dx = dy.copied
        layer.mlp.backward(into: dx, kept: kept, needsInputGradient: true, pass: layer.pass)
        func output() -> Matrix { forward(layer).y }
        expectGradient(dx, of: x, dy: dy, "x", output: output)
        for update in layer.updates {
            for parameter in [update.a, update.b] {
                expectGradient(parameter.gradient, of: parameter.value, dy: dy, parameter.name, output: output)
            }
        }
    }

    @Test("Where nothing below trains, the gradients of the adapters there are come out the same")
    func noInputGradient() throws {
        for adapted in [["down_proj"], ["gate_proj", "up_proj", "down_proj"]] {
            let layer = try LayerFixture(adapted: adapted)
            // Only the adapters named take part, so the values are those of a layer of their own.
            let expected = try LayerFixture(adapted: adapted)
            for (fixture, needsInputGradient) in [(layer, false), (expected, true)] {
                let (_, kept) = forward(fixture)
                fixture.mlp.backward(
                    into: dy.copied, kept: kept, needsInputGradient: needsInputGradient, pass: fixture.pass)
            }
            for (found, wanted) in zip(layer.updates, expected.updates) {
                #expect(found.a.gradient.values == wanted.a.gradient.values)
                #expect(found.b.gradient.values == wanted.b.gradient.values)
                #expect(wanted.b.gradient.values.contains { $0 != 0 })
            }
        }
    }
}
