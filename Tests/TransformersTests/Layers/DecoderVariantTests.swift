import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

/// The slopes of every way in which families compose a layer; their values are compared with PyTorch's on whole models.
@Suite("Layer variants of the decoder families")
struct DecoderVariantTests {
    enum Variant: String, CaseIterable, Sendable {
        case headNorms, interleaved, fused, outerNorms, window, softCap, partialRotary, plainWithBias, gatedGELU
        case parallel, postNorm
    }

    private static let hidden = 6

    /// Numbers in order, so that a variant's weights do not depend on another's.
    private final class Numbers {
        private let random = Philox(seed: 41, streamNumber: 1)
        private var position: UInt64 = 0

        func matrix(_ rows: Int, _ columns: Int, around center: Float = 0, scale: Float = 1) -> Matrix {
            let values = (0..<(rows * columns)).map { _ in
                position += 1
                return center + scale * (2 * random.uniform(step: 0, position: position) - 1)
            }
            return Matrix(values, rows: rows, columns: columns)
        }
    }

    /// A block of the variant with adapters in the first and the last projection.
    private func block(_ variant: Variant) -> (block: any TransformerBlock, updates: [PlainLowRankUpdate]) {
        let numbers = Numbers()
        let hidden = Self.hidden
        var updates: [PlainLowRankUpdate] = []
        func group(_ outputs: [Int], _ inputs: Int, adapted: Bool = false) -> ProjectionGroup {
            let slots = outputs.map { ProjectionSlot(name: "p", outputs: $0, inputs: inputs) }
            let total = outputs.reduce(0, +)
            if adapted {
                let update = PlainLowRankUpdate(
                    "p\(updates.count)", a: numbers.matrix(2, inputs), b: numbers.matrix(outputs[0], 2, scale: 0.3),
                    scale: 0.7)
                updates.append(update)
                slots[0].adapter = update
            }
            return ProjectionGroup(
                slots: slots, weight: FrozenWeight(numbers.matrix(total, inputs, scale: 0.6), dtype: .float32),
                bias: variant == .plainWithBias ? numbers.matrix(1, total, scale: 0.2) : nil)
        }
        func rmsNorm(_ size: Int) -> RMSNorm {
            RMSNorm(weight: numbers.matrix(1, size, around: 1, scale: 0.3), epsilon: 1e-5)
        }
        func firstNorm() -> any Norm { variant == .plainWithBias ? layerNorm() : rmsNorm(hidden) }
        func layerNorm() -> LayerNorm {
            LayerNorm(
                weight: numbers.matrix(1, hidden, around: 1, scale: 0.3), bias: numbers.matrix(1, hidden, scale: 0.2),
                epsilon: 1e-5)
        }
        let heads = AttentionHeads(
            count: 2, groups: variant == .interleaved ? 2 : 1, headDim: 4, isInterleaved: variant == .interleaved)
        let isOneProjection = variant == .interleaved || variant == .fused
        let dimensions = variant == .partialRotary ? 2 : 4
        let table = RotaryTable([(RotaryTable.frequencies(theta: 100, dimensions: dimensions), 16)], scale: 1.1)
        let isPostNorm = variant == .postNorm
        let attention = SelfAttention(
            norm: isPostNorm ? nil : firstNorm(),
            queryKeyValue: group(
                isOneProjection ? [heads.columns] : [heads.queryColumns, heads.keyColumns, heads.keyColumns], hidden,
                adapted: true),
            output: group([hidden], heads.queryColumns), heads: heads,
            headNorms: variant == .headNorms ? (query: rmsNorm(4), key: rmsNorm(4)) : nil,
            outputNorm: variant == .outerNorms ? rmsNorm(hidden) : nil,
            rotary: variant == .plainWithBias ? nil : RotaryPositions(table: table),
            scoring: AttentionScoring(
                scale: 0.6, mask: variant == .window ? .sliding(window: 2) : .causal,
                softCap: variant == .softCap ? 0.8 : nil), activation: .float32)
        let isPlain = [.plainWithBias, .parallel, .postNorm].contains(variant)
        let mlp = FeedForward(
            norm: isPostNorm ? nil : rmsNorm(hidden), up: group(isPlain ? [5] : [5, 5], hidden),
            down: group([hidden], 5, adapted: true), kind: isPlain ? .plain(.gelu) : .gated(.geluTanh),
            outputNorm: variant == .outerNorms ? rmsNorm(hidden) : nil, activation: .float32)
        switch variant {
        case .parallel: return (ParallelBlock(attention: attention, mlp: mlp), updates)
        case .postNorm:
            let block = EncoderBlock(
                attention: attention, attentionNorm: layerNorm(), feedForward: mlp, outputNorm: layerNorm())
            return (block, updates)
        default: return (DecoderBlock(attention: attention, mlp: mlp), updates)
        }
    }

    private var layout: SequenceLayout {
        var batch = PackedBatch()
        for length in [5, 1, 3] { batch.append(tokens: [Int](repeating: 0, count: length), labels: []) }
        return SequenceLayout(batch)
    }

    private func check(_ block: some TransformerBlock, _ updates: [PlainLowRankUpdate], rows: [Int32]?) throws {
        let numbers = Numbers()
        let x = numbers.matrix(9, Self.hidden)
        let dy = numbers.matrix(rows?.count ?? 9, Self.hidden)
        let pass = LayerFixture.pass()
        let (y, saved) = block.forward(x, rows: rows, layout: layout, pass: pass)
        let before = x.copied
        let dx = try #require(
            block.backward(dy.copied, saved: saved, layout: layout, needsInputGradient: true, pass: pass))
        #expect(x.values == before.values)
        func output() -> Matrix { block.forward(x, rows: rows, layout: layout, pass: pass).y }
        expectGradient(dx, of: x, dy: dy, "x", output: output)
        for parameter in updates.flatMap({ [$0.a, $0.b] }) {
            expectGradient(parameter.gradient, of: parameter.value, dy: dy, parameter.name, output: output)
        }

        let inferred = x.copied
        let selected = rows.map { Matrix(rows: $0.count, columns: Self.hidden) }
        block.infer(inferred, rows: rows, into: selected, layout: layout, cache: nil, pass: pass)
        #expect(firstDifference((selected ?? inferred).values, y.values, relative: 1e-6, absolute: 1e-6) == nil)

        // Where nothing below trains, adapters get the same gradients.
        let gradients = updates.map { [$0.a.gradient.values, $0.b.gradient.values] }
        for update in updates {
            update.a.gradient.fill(0)
            update.b.gradient.fill(0)
        }
        let again = block.forward(x, rows: rows, layout: layout, pass: pass).saved
        #expect(block.backward(dy.copied, saved: again, layout: layout, needsInputGradient: false, pass: pass) == nil)
        for (update, wanted) in try paired(updates, gradients) {
            #expect(update.a.gradient.values == wanted[0] && update.b.gradient.values == wanted[1])
        }
    }

    @Test(
        "Gradients are the slopes of the output, and inference gives the same output", arguments: Variant.allCases,
        [nil, [1, 4, 5, 8]] as [[Int32]?])
    func slopes(variant: Variant, rows: [Int32]?) throws {
        let (block, updates) = block(variant)
        #expect(updates.count == 2)
        try check(block, updates, rows: rows)
    }
}
