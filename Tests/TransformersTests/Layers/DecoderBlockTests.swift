import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Decoder block (scripts/reference/layer_values.py)")
struct DecoderBlockTests {
    private let x: Matrix

    init() throws {
        x = try LayerFixture.tensor("x")
    }

    private func block(_ layer: LayerFixture) -> DecoderBlock {
        DecoderBlock(attention: layer.attention, mlp: layer.mlp)
    }

    @Test(
        "Output, input gradient and all seven adapters' gradients are PyTorch's, for all rows and for some",
        arguments: [("block", nil), ("block_rows", LayerFixture.selected)])
    func reference(name: String, rows: [Int32]?) throws {
        let layer = try LayerFixture()
        let block = block(layer)
        let (y, saved) = block.forward(x, rows: rows, layout: layer.layout, pass: layer.pass)
        try LayerFixture.expect(y, name + ".y")
        let dy = try LayerFixture.tensor(name + ".dy")
        let dx = try #require(
            block.backward(dy, saved: saved, layout: layer.layout, needsInputGradient: true, pass: layer.pass))
        try LayerFixture.expect(dx, name + ".dx")
        try layer.expectGradients(name)
    }

    @Test("Gradients are the slopes of the output", arguments: [nil, LayerFixture.selected])
    func differences(rows: [Int32]?) throws {
        let layer = try LayerFixture(adapted: ["v_proj"])
        let block = block(layer)
        let (_, saved) = block.forward(x, rows: rows, layout: layer.layout, pass: layer.pass)
        let dy = try LayerFixture.tensor(rows == nil ? "block.dy" : "block_rows.dy")
        let dx = try #require(
            block.backward(dy.copied, saved: saved, layout: layer.layout, needsInputGradient: true, pass: layer.pass))
        func output() -> Matrix { block.forward(x, rows: rows, layout: layer.layout, pass: layer.pass).y }
        expectGradient(dx, of: x, dy: dy, "x", output: output)
        for parameter in [layer.updates[0].a, layer.updates[0].b] {
            expectGradient(parameter.gradient, of: parameter.value, dy: dy, parameter.name, output: output)
        }
    }

    @Test("Inference gives forward's output, in place or for some rows")
    func inference() throws {
        let layer = try LayerFixture()
        let inPlace = x.copied
        block(layer).infer(inPlace, rows: nil, into: nil, layout: layer.layout, cache: nil, pass: layer.pass)
        try LayerFixture.expect(inPlace, "block.y")
        let selected = Matrix(rows: LayerFixture.selected.count, columns: x.columns)
        block(layer).infer(
            x, rows: LayerFixture.selected, into: selected, layout: layer.layout, cache: nil, pass: layer.pass)
        try LayerFixture.expect(selected, "block_rows.y")
    }

    @Test("Without adapters and with nothing below that trains there is no backward")
    func nothingToTrain() throws {
        let layer = try LayerFixture(adapted: [])
        let block = block(layer)
        #expect(!block.hasAdapter)
        let (_, saved) = block.forward(x, rows: nil, layout: layer.layout, pass: layer.pass)
        let dy = try LayerFixture.tensor("block.dy")
        #expect(
            block.backward(dy, saved: saved, layout: layer.layout, needsInputGradient: false, pass: layer.pass) == nil)
    }
}
