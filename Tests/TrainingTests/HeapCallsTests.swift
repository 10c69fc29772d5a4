import Adapters
import CHeapCalls
import Tensors
import TestSupport
import Testing
import Training
import Transformers

@Suite("Heap calls", .enabled(if: hc_counts_calls() != 0))
struct HeapCallsTests {
    struct Variant: CustomTestStringConvertible {
        let testDescription: String
        var dtype = DType.float32
        var dropout: Float = 0
        var checkpoints = false
        var targets = ["q_proj", "v_proj"]
        var method = AdapterMethod.lora
        var feedforward: [String] = []
        var beginning = LowRankBeginning.kaiming
    }

    static let variants = [
        Variant(testDescription: "float32"),
        Variant(testDescription: "bfloat16", dtype: .bfloat16),
        Variant(testDescription: "dropout", dropout: 0.1),
        Variant(testDescription: "activation checkpointing", dtype: .bfloat16, checkpoints: true),
        Variant(testDescription: "every projection", dtype: .bfloat16, targets: ["all-linear"]),
        Variant(testDescription: "DoRA", targets: ["all-linear"], method: .dora),
        Variant(
            testDescription: "(IA)³", dtype: .bfloat16, targets: ["all-linear"], method: .ia3,
            feedforward: ["k_proj", "down_proj"]),
        Variant(testDescription: "prompt tuning", method: .prompt),
        Variant(testDescription: "prefix tuning", dtype: .bfloat16, method: .prefix),
        Variant(testDescription: "bottlenecks", dtype: .bfloat16, checkpoints: true, method: .bottleneck),
        Variant(testDescription: "PiSSA", targets: ["all-linear"], beginning: .pissa),
    ]

    /// Rows of which some begin alike, of several lengths, so that a step is cut into micro-batches of several sizes.
    private func examples(vocabulary: Int) -> [TokenizedExample] {
        (0..<23).map { row in
            TokenizedExample(
                tokens: (0..<(6 + row * 7 % 25)).map { $0 < 3 ? $0 + 5 : ($0 * 7 + row) % (vocabulary - 3) + 3 },
                labelPositions: Array(3..<(5 + row % 2)))
        }
    }

    /// The calls of each step after the first, by the thread that trains; the pool's others run the same code.
    ///
    /// Of two runs the second, each of a model of its own: what Swift's runtime keeps of a generic type it allocates where
    /// the type is first needed in a process, which can be when a kernel first has enough rows for several threads.
    private func callsPerStep(_ model: () throws -> LanguageModel, _ lora: AdapterConfiguration) throws -> [UInt64] {
        _ = try callsOfOneRun(model(), lora)
        return try callsOfOneRun(model(), lora)
    }

    private func callsOfOneRun(_ model: LanguageModel, _ lora: AdapterConfiguration) throws -> [UInt64] {
        let adapter = try Adapter.attach(lora, to: model, seed: 1)
        var configuration = TrainingConfiguration(steps: 12)
        configuration.batchSize = 5
        configuration.microBatchTokens = 50
        configuration.checkpointEvery = 0
        let trainer = Trainer(
            model: model, trainable: adapter, configuration: configuration,
            examples: examples(vocabulary: model.configuration.vocabularySize), validation: [])
        var calls: [UInt64] = []
        calls.reserveCapacity(configuration.steps)
        _ = try trainer.run(progress: { _ in calls.append(hc_calls_of_this_thread()) })
        return zip(calls.dropFirst(), calls).map { $0 - $1 }
    }

    @Test("No training step after the first calls the heap", arguments: variants)
    func steps(_ variant: Variant) throws {
        func model() throws -> LanguageModel {
            let model = try Fixtures.tinyModel(dtype: variant.dtype)
            model.activationCheckpointing = variant.checkpoints
            return model
        }
        var lora = AdapterConfiguration(
            method: variant.method, rank: 4, alpha: 8, dropout: variant.dropout, targets: variant.targets)
        lora.feedforward = variant.feedforward
        lora.beginning = variant.beginning
        let calls = try callsPerStep(model, lora)
        #expect(calls == [UInt64](repeating: 0, count: 11), "\(calls)")
    }

    @Test("Nor does one of any decoder", arguments: FamilyFixture.decoders, DType.allCases)
    func decoders(_ fixture: FamilyFixture, dtype: DType) throws {
        let lora = AdapterConfiguration(rank: 4, alpha: 8, dropout: 0, targets: ["all-linear"])
        #expect(try callsPerStep({ try fixture.model(dtype: dtype) }, lora) == [UInt64](repeating: 0, count: 11))
    }

    @Test("The counter counts")
    func counter() {
        let before = hc_calls_of_this_thread()
        withExtendedLifetime([Int](repeating: 1, count: 1000)) {}
        withExtendedLifetime(Matrix(rows: 100, columns: 100)) {}
        #expect(hc_calls_of_this_thread() >= before + 2)
    }
}
