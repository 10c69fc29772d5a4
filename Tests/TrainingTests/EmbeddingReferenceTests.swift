import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Training
import Transformers

extension ReferenceAdapter {
    /// Of an embedding and of projections.
    static let embeddings = ["untied", "tied", "alone", "scaled", "conv1d", "projected"].map(embedding)

    fileprivate static func embedding(_ name: String) -> ReferenceAdapter {
        ReferenceAdapter(kind: "embeddings", name: name)
    }
}

@Suite("LoRA on an embedding, against PEFT's values")
struct EmbeddingReferenceTests {
    @Test("PEFT's files give PEFT's logits, and without them the base's", arguments: ReferenceAdapter.embeddings)
    func logits(_ tested: ReferenceAdapter) throws {
        #expect(try tested.attached().adapter.adaptsEmbedding)
        let (expected, base) = try tested.expectLogits()
        #expect(firstDifference(expected, base, relative: 1e-2, absolute: 1e-1) != nil)
    }

    @Test(
        "Merged weights answer as PEFT's merge with a head of its own does, and as the adapter",
        arguments: ReferenceAdapter.embeddings)
    func merged(_ tested: ReferenceAdapter) throws {
        try withTemporaryFolder { folder in
            let base = try tested.fixture().base()
            let (_, adapter) = try tested.attached()
            try MergedWeights.writeOverlay(adapter, base: base, dtype: .f32, to: folder + "/merged.safetensors")
            let source = try MergedSource(base: base, overlay: folder + "/merged.safetensors")
            #expect(!source.configuration.tieWordEmbeddings)
            let model = try LanguageModel.load(source, dtype: .float32)
            #expect(model.tiedTable == nil)
            let found = try model.logits(tested.fixture().batch().labelledEverywhere()).values
            for key in ["merged_logits", "logits"] {
                let expected = try tested.tensor(key).values
                #expect(firstDifference(found, expected, relative: 1e-4, absolute: 3e-4) == nil, "\(key)")
            }
            // PEFT's merge into the one table is another model.
            let isTied = base.configuration.tieWordEmbeddings
            let difference = try tested.reference()["tied_merge_difference"]?.doubleValue ?? 0
            #expect((difference > 1) == isTied)
            #expect((MergedWeights.partedHeadElements(adapter, base: base.configuration) > 0) == isTied)
        }
    }

    @Test("Gradients of every tensor equal PyTorch's", arguments: ReferenceAdapter.embeddings)
    func gradients(_ tested: ReferenceAdapter) throws {
        try tested.expectGradients()
    }

    @Test("Ten AdamW steps have PyTorch's losses within a relative 1e-4", arguments: ReferenceAdapter.embeddings)
    func losses(_ tested: ReferenceAdapter) throws {
        try tested.expectLosses()
    }

    @Test("What lorad writes is what it read, but for the base's own table", arguments: ReferenceAdapter.embeddings)
    func roundTrip(_ tested: ReferenceAdapter) throws {
        let (leftOut, adapter, again) = try tested.expectRoundTrip(leavingOut: { $0.hasSuffix("base_layer.weight") })
        // PEFT saves the table of embeddings that it knows by name.
        #expect((leftOut > 0) == !["alone", "conv1d"].contains(tested.name))
        #expect(again.modules.map(\.place.scaling) == adapter.modules.map(\.place.scaling))
    }

    @Test(
        "Gradients are the slopes of the loss: of decoders, and of encoders whose tables are narrower or padded",
        arguments: ["projected", "bert-pair", "roberta", "deberta-v3"])
    func differences(name: String) throws {
        let classifier = ClassifierCase.names.contains(name) ? ClassifierCase(name: name) : nil
        let decoder = ReferenceAdapter.embedding(name)
        let model = try classifier?.model() ?? decoder.fixture().model()
        let batch = try classifier?.batch() ?? decoder.fixture().batch()
        let table = try #require(model.moduleSlots.last)
        #expect(!table.isProjection)
        let configuration = AdapterConfiguration(rank: 2, alpha: 4, targets: [table.name])
        let adapter = try Adapter.attach(configuration, to: model, seed: 5)
        let own = adapter.modules[0].update.tensors.map(\.parameter)
        for column in 0..<table.inputs { own[0].value[column % 2, column] = 0.3 * Float(column % 5 - 2) }
        _ = try model.trainingStep(batch, lossScale: 1, step: 0)
        let gradients = own.map(\.gradient.values)
        #expect(gradients.allSatisfy { $0.contains { $0 != 0 } })
        // The loss along the gradient, of each of the two.
        for (parameter, gradient) in zip(own, gradients) {
            let norm = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            let start = parameter.value.values
            func loss(at distance: Double) throws -> Double {
                let moved = zip(start, gradient).map { $0 + Float(distance / norm) * $1 }
                parameter.value.copy(
                    from: Matrix(moved, rows: parameter.value.rows, columns: parameter.value.columns))
                return try model.trainingStep(batch, lossScale: 0, step: 0)
            }
            let step = 2e-3
            let slope = try (loss(at: step) - loss(at: -step)) / (2 * step)
            #expect(abs(slope - norm) < 0.01 * norm, "\(parameter.name)")
            _ = try loss(at: 0)
        }
    }

    @Test("A token that pads trains no column of A")
    func padding() throws {
        let model = try ReferenceAdapter.embedding("projected").fixture().model()
        let configuration = AdapterConfiguration(rank: 2, targets: ["embed_tokens"])
        let adapter = try Adapter.attach(configuration, to: model, seed: 5)
        var batch = PackedBatch()
        batch.append(tokens: [1, 7, 1, 9], predictingAfter: [0, 2])
        _ = try model.trainingStep(batch, lossScale: 1, step: 0)
        let gradient = adapter.modules[0].update.tensors[0].parameter.gradient
        for row in 0..<2 {
            #expect(gradient[row, 1] == 0 && gradient[row, 7] != 0 && gradient[row, 8] == 0)
        }
    }

    @Test("A fresh one changes no answer: A is zero, B normal, and its first step moves A alone")
    func fresh() throws {
        let fixture = FamilyFixture(name: "qwen2")
        let model = try fixture.model()
        let batch = try fixture.batch()
        let before = try model.logits(batch.labelledEverywhere()).values
        let adapter = try Adapter.attach(
            AdapterConfiguration(rank: 8, targets: ["embed_tokens"]), to: model, seed: 1)
        #expect(try model.logits(batch.labelledEverywhere()).values == before)
        let tensors = adapter.modules[0].update.tensors.map(\.parameter)
        #expect(tensors[0].value.values.allSatisfy { $0 == 0 })
        let b = tensors[1].value.values.map(Double.init)
        let mean = b.reduce(0, +) / Double(b.count)
        let variance = b.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(b.count)
        #expect(abs(mean) < 0.2 && abs(variance - 1) < 0.3)
        #expect(throws: AdaptersError.self) { try adapter.checkMeaningful() }
        _ = try model.trainingStep(batch, lossScale: 1, step: 0)
        #expect(Kernels.squaredNorm(tensors[0].gradient) > 0 && Kernels.squaredNorm(tensors[1].gradient) == 0)
    }

    @Test("A run stopped and resumed ends in the same bits")
    func resumed() throws {
        let settings = AdapterConfiguration(rank: 2, alpha: 4, dropout: 0.1, targets: ["q_proj", "embed_tokens"])
        let adapter = try expectSameBitsWhenResumed(settings, on: "qwen2")
        #expect(adapter.parameters.allSatisfy { Kernels.squaredNorm($0.value) > 0 })
    }
}
