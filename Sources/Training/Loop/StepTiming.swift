import Dispatch
import Transformers

/// How fast steps are trained here, by a few forward and backward passes of the very rows that training would begin with,
/// and one update. What is trained is worth nothing afterwards.
package struct StepTiming: Sendable, Equatable {
    /// Tokens of the rows that were timed.
    package let tokens: Int
    /// That they took forward and backward.
    package let seconds: Double
    /// That an update takes beside.
    package let updateSeconds: Double

    /// Times a first pass, which takes memory and lays weights out and is left aside unless it is slow enough, and then
    /// others until they come to so many seconds, one at least.
    ///
    /// - Parameters:
    ///   - trainable: a part of `model`.
    ///   - limit: seconds.
    ///   - shouldStop: asked after each pass.
    ///   - moved: called after each pass.
    /// - Throws: `TrainingError.interrupted`; as the examples and the model.
    package static func measure(
        _ model: LanguageModel, _ trainable: any Trainable, _ configuration: TrainingConfiguration,
        _ examples: any ExampleSource, limit: Double, shouldStop: () -> Bool = { false }, moved: () -> Void = {}
    ) throws -> StepTiming {
        var passes = Passes(configuration, examples)
        func pass() throws -> (tokens: Int, seconds: Double) {
            if shouldStop() { throw TrainingError(.interrupted, "Timing was stopped.") }
            var rows: [TokenizedExample] = []
            try examples.take(passes.next(), into: &rows)
            let labels = rows.reduce(0) { $0 + $1.labelPositions.count }
            let start = DispatchTime.now()
            var batches = MicroBatches(maximumTokens: configuration.microBatchTokens)
            try batches.forEach(of: rows) { batch in
                _ = try model.trainingStep(
                    batch, lossScale: 1 / Float(labels), step: 0, regularisation: configuration.regularisation)
            }
            moved()
            return (rows.reduce(0) { $0 + $1.tokens.count }, Self.seconds(since: start))
        }
        var (tokens, seconds) = try pass()
        if seconds < limit {
            (tokens, seconds) = (0, 0)
            repeat {
                let measured = try pass()
                tokens += measured.tokens
                seconds += measured.seconds
            } while seconds < limit
        }
        return StepTiming(
            tokens: tokens, seconds: seconds, updateSeconds: update(trainable, configuration.weightDecay))
    }

    /// The second of two updates: the first takes memory.
    private static func update(_ trainable: any Trainable, _ weightDecay: Float) -> Double {
        let optimizer = AdamW(trainable.parameters, weightDecay: weightDecay)
        var seconds = 0.0
        for step in 1...2 {
            let start = DispatchTime.now()
            _ = optimizer.gradientNorm()
            optimizer.update(learningRate: 0, step: step)
            seconds = Self.seconds(since: start)
        }
        return seconds
    }

    private static func seconds(since start: DispatchTime) -> Double {
        Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
    }

    /// The rows of steps one after the other, as many at a time as a micro-batch takes.
    private struct Passes {
        private let configuration: TrainingConfiguration
        private let examples: any ExampleSource
        private var order: StepRows
        private var step = 0
        private var rest: ArraySlice<Int> = []

        init(_ configuration: TrainingConfiguration, _ examples: any ExampleSource) {
            (self.configuration, self.examples) = (configuration, examples)
            order = StepRows(count: examples.count, configuration)
        }

        mutating func next() -> [Int] {
            if rest.isEmpty {
                var rows: [Int] = []
                order.take(step: step, into: &rows)
                step += 1
                rest = rows[...]
            }
            var rows: [Int] = []
            var tokens = 0
            while let row = rest.first,
                rows.isEmpty || tokens + examples.tokenCount(at: row) <= configuration.microBatchTokens
            {
                tokens += examples.tokenCount(at: row)
                rows.append(row)
                rest = rest.dropFirst()
            }
            return rows
        }
    }
}
