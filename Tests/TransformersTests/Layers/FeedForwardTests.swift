import Foundation
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Gated feed-forward layer (scripts/reference/layer_values.py)")
struct FeedForwardTests {
    private let x: Matrix
    private let dy: Matrix

    init() throws {
        x = try LayerFixture.tensor("x")
        dy = try LayerFixture.tensor("mlp.dy")
    }

    private func forward(_ layer: LayerFixture) -> (y: Matrix, saved: FeedForward.Saved) {
        let y = Matrix(rows: x.rows, columns: x.columns)
        return (y, layer.mlp.forward(x, into: y, pass: layer.pass))
    }

    @Test("Output, input gradient and adapter gradients are PyTorch's")
    func reference() throws {
        let layer = try LayerFixture(adapted: ["gate_proj", "up_proj", "down_proj"])
        let (y, saved) = forward(layer)
        try LayerFixture.expect(y, "mlp.y")
        let dx = dy.copied
        layer.mlp.backward(into: dx, saved: saved, needsInputGradient: true, pass: layer.pass)
        try LayerFixture.expect(dx, "mlp.dx")
        try layer.expectGradients("mlp")
    }

    @Test("Gradients are the slopes of the output", arguments: [["gate_proj", "down_proj"], ["up_proj"], []])
    func differences(adapted: [String]) throws {
        let layer = try LayerFixture(adapted: adapted)
        let (_, saved) = forward(layer)
        let dx = dy.copied
        layer.mlp.backward(into: dx, saved: saved, needsInputGradient: true, pass: layer.pass)
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
                let (_, saved) = forward(fixture)
                fixture.mlp.backward(
                    into: dy.copied, saved: saved, needsInputGradient: needsInputGradient, pass: fixture.pass)
            }
            for (found, wanted) in try paired(layer.updates, expected.updates) {
                #expect(found.a.gradient.values == wanted.a.gradient.values)
                #expect(found.b.gradient.values == wanted.b.gradient.values)
                #expect(wanted.b.gradient.values.contains { $0 != 0 })
            }
        }
    }

    @Test(
        "A plain layer with biases agrees with finite differences, with and without a norm",
        arguments: [true, false], [ActivationFunction.gelu, .geluTanh])
    func plain(hasNorm: Bool, function: ActivationFunction) throws {
        func random(_ rows: Int, _ columns: Int, _ phase: Double) -> Matrix {
            Matrix(
                (0..<(rows * columns)).map { Float(sin(Double($0) * 1.7 + phase)) }, rows: rows, columns: columns)
        }
        func update(_ name: String, _ slot: ProjectionSlot) -> PlainLowRankUpdate {
            PlainLowRankUpdate(name, a: random(2, slot.inputs, 3), b: random(slot.outputs, 2, 4), scale: 0.5)
        }
        let width = x.columns
        let up = ProjectionSlot(name: "up", outputs: 7, inputs: width)
        let down = ProjectionSlot(name: "down", outputs: width, inputs: 7)
        let updates = [update("up", up), update("down", down)]
        (up.adapter, down.adapter) = (updates[0], updates[1])
        let layer = FeedForward(
            norm: hasNorm
                ? LayerNorm(weight: random(1, width, 5), bias: random(1, width, 6), epsilon: 1e-5) : nil,
            up: ProjectionGroup(
                slots: [up], weight: FrozenWeight(random(7, width, 0), dtype: .float32), bias: random(1, 7, 1)),
            down: ProjectionGroup(
                slots: [down], weight: FrozenWeight(random(width, 7, 2), dtype: .float32), bias: random(1, width, 7)),
            kind: .plain(function), activation: .float32)
        let forward = { () -> Matrix in
            let y = Matrix(rows: x.rows, columns: width)
            _ = layer.forward(x, into: y, pass: LayerFixture.pass())
            return y
        }
        let pass = LayerFixture.pass()
        let saved = layer.forward(x, into: Matrix(rows: x.rows, columns: width), pass: pass)
        let dx = dy.copied
        layer.backward(into: dx, saved: saved, needsInputGradient: true, pass: pass)
        expectGradient(dx, of: x, dy: dy, "x", output: forward)
        for update in updates {
            expectGradient(update.a.gradient, of: update.a.value, dy: dy, update.a.name, output: forward)
            expectGradient(update.b.gradient, of: update.b.value, dy: dy, update.b.name, output: forward)
        }
    }
}
