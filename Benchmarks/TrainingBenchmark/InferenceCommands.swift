import ArgumentParser
import BenchmarkSupport
import Evaluation
import Tensors
import Training
import Transformers

/// Scores the workload's labels as a job's evaluation does, forward only, with the adapter on.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Forward-only rate over the same rows.")

    @OptionGroup var base: BaseOptions
    @OptionGroup var workload: WorkloadOptions
    @OptionGroup var adapter: AdapterOptions
    @OptionGroup var turns: Turns

    @Option(help: "The rows of this many training steps are scored.")
    var steps = 64

    @Option(help: "Calls that are measured, the largest first; all that the rows make unless given.")
    var calls: Int?

    @Option(help: "Tokens of one call, as evaluation.batch_tokens.")
    var batchTokens = 4096

    @Flag(help: "JSON on standard output.")
    var json = false

    func run() throws {
        let loaded = try base.load()
        let model = loaded.model
        model.sharesPrefixes = !workload.apart
        let rows = try workload.workload(loaded.files, vocabulary: model.configuration.vocabularySize)
        if adapter.rank > 0 { _ = try adapter.attach(to: model, seed: workload.seed) }
        let calls = try measuredCalls(rows, model: model)
        let meter = StepMeter(
            tokens: { calls[$0].tokens },
            sizes: { model.rows(PackedBatch(calls[$0].sequences), isTraining: false).sizes },
            flop: try adapter.arithmetic(model).inference)
        // What comes first touches new memory, and is not measured.
        _ = try model.logProbabilities(calls[0].sequences)
        for call in calls {
            try turns.wait()
            meter.stepBegins()
            let seconds = try Stopwatch.time { _ = try model.logProbabilities(call.sequences) as [[Float]] }
            meter.stepEnded(seconds: seconds)
        }
        let report = EvaluateReport(
            base: base.base, dtype: base.dtype, threads: Threads.count, rank: adapter.rank, workload: rows.name,
            summary: StepSummary(meter.records),
            peakResidentBytes: MachineInfo.peakResidentBytes,
            steps: meter.records)
        if json { return try JSONOutput.print(report) }
        print("rate: \(report.summary.meanTokensPerSecond.map(JSONOutput.rounded) ?? "–") tokens/s")
    }

    /// As many calls as were asked for.
    private func measuredCalls(_ rows: Workload, model: LanguageModel) throws -> [Call] {
        let all = allCalls(rows, model: model)
        guard let calls else { return all }
        guard calls >= 1, calls <= all.count else {
            throw ValidationError(
                "--calls \(calls): the rows of \(steps) steps make \(all.count) calls. Name at least 1 and at most as "
                    + "many, or more --steps.")
        }
        return Array(all.prefix(calls))
    }

    /// The rows as evaluation puts them to the model.
    private func allCalls(_ workload: Workload, model: LanguageModel) -> [Call] {
        let rows = (0..<steps).flatMap(workload.rows(step:))
        let sequences = rows.map { row in
            ScoredSequence(
                tokens: Array(row.tokens.prefix((row.labelPositions.last ?? 0) + 1)),
                labels: row.labels.map { Label(position: $0.position, target: $0.target) })
        }
        let fed = sequences.map { sequence in
            BatchPlan.Sequence(
                tokens: sequence.tokens, ownFrom: model.computesPrefixesOnce ? sequence.firstLabel : 0)
        }
        return BatchPlan.calls(fed, tokensPerCall: batchTokens).map { call in
            Call(sequences: call.map { sequences[$0] }, tokens: call.reduce(0) { $0 + rows[$1].tokens.count })
        }
    }

    /// What is scored at a time.
    private struct Call {
        let sequences: [ScoredSequence]
        /// Of the rows as they stand.
        let tokens: Int
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
    /// One a measured call; the call before them is not among them.
    let steps: [StepRecord]
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
        let peakResidentBytes = MachineInfo.peakResidentBytes
        // The bound moves with whatever else the machine's memory serves: it is taken beside what it bounds.
        let bandwidth = Ceilings.readBandwidth(threads: Threads.count, seconds: 2)
        let report = DecodeReport(
            base: base.base, dtype: base.dtype, threads: Threads.count, tokens: tokens, tokensPerSecond: 1 / seconds,
            weightBytesPerToken: weights * model.dtype.bytes,
            weightBytesPerSecond: Double(weights * model.dtype.bytes) / seconds,
            readBytesPerSecond: bandwidth * 1e9, peakResidentBytes: peakResidentBytes)
        if json { return try JSONOutput.print(report) }
        print("rate: \(JSONOutput.rounded(report.tokensPerSecond)) tokens/s")
        print("weights: \(JSONOutput.rounded(report.weightBytesPerSecond / 1e9)) GB/s")
        print("read bandwidth: \(JSONOutput.rounded(report.readBytesPerSecond / 1e9)) GB/s")
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
    /// What all threads read from memory right after.
    let readBytesPerSecond: Double
    let peakResidentBytes: Int
}
