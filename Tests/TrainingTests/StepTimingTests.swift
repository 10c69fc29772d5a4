import Adapters
import Tensors
import TestSupport
import Testing
import Training
import Transformers

@Suite("Timing of steps")
struct StepTimingTests {
    private func measure(limit: Double, shouldStop: () -> Bool = { false }, moved: () -> Void = {}) throws -> StepTiming
    {
        let model = try Fixtures.tinyModel(dtype: .float32)
        let settings = AdapterConfiguration(method: try AdapterMethods.named("lora"), rank: 4, alpha: 16, dropout: 0)
        let adapter = try Adapter.attach(settings, to: model, seed: 42)
        var configuration = TrainingConfiguration(steps: 10)
        configuration.batchSize = 4
        configuration.microBatchTokens = 12
        // Of 4 tokens each: three fill a pass, and the fourth of a step has one of its own.
        let examples = (0..<8).map { TokenizedExample(tokens: [5 + $0, 9, 11, 12], labelPositions: [2]) }
        return try StepTiming.measure(
            model, adapter, configuration, examples, limit: limit, shouldStop: shouldStop, moved: moved)
    }

    @Test("A first pass that is slow enough is what was timed; else it is left aside")
    func passes() throws {
        var passes = 0
        let first = try measure(limit: 0, moved: { passes += 1 })
        #expect(passes == 1 && first.tokens == 12 && first.seconds > 0 && first.updateSeconds > 0)
        passes = 0
        let more = try measure(limit: 0.05, moved: { passes += 1 })
        // Passes of 12 and 4 tokens take turns; the first, of 12, does not count unless a busy machine made it slow enough.
        let counted = passes - 1
        #expect(passes >= 1 && more.seconds >= 0.05)
        #expect(more.tokens == (passes == 1 ? 12 : counted / 2 * 16 + counted % 2 * 4))
    }

    @Test("A stop ends it as interrupted")
    func stopped() throws {
        let error = #expect(throws: TrainingError.self) { try measure(limit: 1, shouldStop: { true }) }
        #expect(error?.code == .interrupted)
    }
}
