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
        var base = "base"
        var dropout: Float = 0
        var checkpoints = false
        var targets = ["q_proj", "v_proj"]
    }

    static let variants = [
        Variant(testDescription: "float32"),
        Variant(testDescription: "bfloat16", dtype: .bfloat16),
        Variant(testDescription: "dropout", dropout: 0.1),
        Variant(testDescription: "activation checkpointing", dtype: .bfloat16, checkpoints: true),
        Variant(testDescription: "every projection", dtype: .bfloat16, targets: ["all-linear"]),
    ]

    /// Rows of which some begin alike, of several lengths, so that a step is cut into micro-batches of several sizes.
    private let examples = (0..<23).map { row in
        TokenizedExample(
            tokens: (0..<(6 + row * 7 % 40)).map { $0 < 3 ? $0 + 5 : ($0 * 7 + row) % 300 + 3 },
            labelPositions: Array(3..<(5 + row % 2)))
    }

    @Test("No training step after the first calls the heap", arguments: variants)
    func steps(_ variant: Variant) throws {
        let model = try Fixtures.tinyModel(variant.base, dtype: variant.dtype)
        model.activationCheckpointing = variant.checkpoints
        let lora = LoRAConfiguration(rank: 4, alpha: 8, dropout: variant.dropout, targets: variant.targets)
        let adapter = try LoRAAdapter.attach(lora, to: model, seed: 1)
        var configuration = TrainingConfiguration(steps: 12)
        configuration.batchSize = 5
        configuration.microBatchTokens = 70
        configuration.checkpointEvery = 0
        let trainer = Trainer(
            model: model, adapter: adapter, configuration: configuration, examples: examples, validation: [])
        // What this thread calls; the pool's other threads run the same code.
        var calls: [UInt64] = []
        calls.reserveCapacity(configuration.steps)
        _ = try trainer.run(progress: { _ in calls.append(hc_calls_of_this_thread()) })
        let perStep = zip(calls.dropFirst(), calls).map { $0 - $1 }
        #expect(perStep == [UInt64](repeating: 0, count: configuration.steps - 1))
    }

    @Test("The counter counts")
    func counter() {
        let before = hc_calls_of_this_thread()
        withExtendedLifetime([Int](repeating: 1, count: 1000)) {}
        withExtendedLifetime(Matrix(rows: 100, columns: 100)) {}
        #expect(hc_calls_of_this_thread() >= before + 2)
    }
}
