import ArgumentParser
import BenchmarkSupport
import Evaluation
import Tensors
import Training
import Transformers

/// Scores the workload's labels, forward only, with the adapter on.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Forward-only rate over the same rows.")

    @OptionGroup var base: BaseOptions
    @OptionGroup var workload: WorkloadOptions
    @OptionGroup var adapter: AdapterOptions

    @Option(help: "Measured steps' rows.")
    var steps = 10

    @Option(help: "Steps before them that are not.")
    var warmup = 2

    @Option(help: "Rows of one forward pass, in tokens.")
    var microBatchTokens = 1024

    @Flag(help: "JSON on standard output.")
    var json = false

    func run() throws {
        let loaded = try base.load()
        let model = loaded.model
        let rows = try workload.workload(loaded.files, vocabulary: model.configuration.vocabularySize)
        if adapter.rank > 0 { _ = try adapter.attach(to: model, seed: workload.seed) }
        let meter = StepMeter(sizes: rows.sizes(step:), flop: try adapter.arithmetic(model).inference)
        for step in 0..<(warmup + steps) {
            let batches = MicroBatches.pack(rows.rows(step: step), maximumTokens: microBatchTokens)
            let seconds = try Stopwatch.time {
                for batch in batches { _ = try model.logProbabilities(batch) }
            }
            meter.stepEnded(seconds: seconds)
        }
        let report = EvaluateReport(
            base: base.base, dtype: base.dtype, threads: Threads.count, rank: adapter.rank, workload: rows.name,
            summary: StepSummary(Array(meter.records.dropFirst(warmup))),
            peakResidentBytes: MachineInfo.peakResidentBytes)
        if json { return try JSONOutput.print(report) }
        print("rate: \(report.summary.tokensPerSecond.map(JSONOutput.rounded) ?? "–") tokens/s")
    }
}

/// What `evaluate` prints.
struct EvaluateReport: Encodable {
    let base: String
    let dtype: String
    let threads: Int
    let rank: Int
    let workload: String
    let summary: StepSummary
    let peakResidentBytes: Int
}

/// Decodes one sequence greedily.
struct Decode: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Greedy decoding of one sequence.")

    @OptionGroup var base: BaseOptions

    @Option(help: "Tokens of the prompt.")
    var prompt = 16

    @Option(help: "Tokens to decode; the first eighth is not measured.")
    var tokens = 128

    @Flag(help: "JSON on standard output.")
    var json = false

    func run() throws {
        let model = try base.load().model
        let cache = try model.makeCache(capacity: prompt + tokens)
        var logits = try model.decode(Array(100..<(100 + prompt)), cache: cache)
        var times: [Double] = []
        for _ in 0..<tokens {
            let watch = Stopwatch()
            guard let next = argmax(logits.values) else { throw ValidationError("The logits are not finite.") }
            logits = try model.decode([next], cache: cache)
            times.append(watch.seconds)
        }
        let weights = StepArithmetic(model.configuration, targets: []).weightsPerDecodedToken
        let seconds = Statistics.median(Array(times.dropFirst(tokens / 8))) ?? .nan
        let report = DecodeReport(
            base: base.base, dtype: base.dtype, threads: Threads.count, tokens: tokens, tokensPerSecond: 1 / seconds,
            weightBytesPerToken: weights * model.dtype.bytes,
            weightBytesPerSecond: Double(weights * model.dtype.bytes) / seconds,
            peakResidentBytes: MachineInfo.peakResidentBytes)
        if json { return try JSONOutput.print(report) }
        print("rate: \(JSONOutput.rounded(report.tokensPerSecond)) tokens/s")
        print("weights: \(JSONOutput.rounded(report.weightBytesPerSecond / 1e9)) GB/s")
    }
}

/// What `decode` prints.
struct DecodeReport: Encodable {
    let base: String
    let dtype: String
    let threads: Int
    let tokens: Int
    /// One over the median time of a token.
    let tokensPerSecond: Double
    /// All frozen projections and the vocabulary head, in the compute dtype.
    let weightBytesPerToken: Int
    let weightBytesPerSecond: Double
    let peakResidentBytes: Int
}
