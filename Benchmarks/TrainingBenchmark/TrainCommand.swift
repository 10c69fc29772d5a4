import ArgumentParser
import BenchmarkSupport
import CHeapCalls
import Foundation
import Tensors
import Training

/// Trains real steps and reports each.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Training steps: rate, memory, arithmetic.")

    @OptionGroup var base: BaseOptions
    @OptionGroup var workload: WorkloadOptions
    @OptionGroup var adapter: AdapterOptions
    @OptionGroup var turns: Turns

    @Option(help: "Measured steps.")
    var steps = 10

    @Option(help: "Steps before them that are not.")
    var warmup = 2

    @Option(help: "Rows of one forward and backward pass, in tokens; the engine's default unless given.")
    var microBatchTokens: Int?

    @Flag(help: "Compute activations again in the backward pass instead of keeping them.")
    var activationCheckpointing = false

    @Flag(help: "Add up the time by kernel.")
    var kernels = false

    @Flag(help: "Write to standard error who called the heap in the last step, a stack a call.")
    var heapCalls = false

    @Flag(help: "JSON on standard output.")
    var json = false

    func run() throws {
        let loaded = try base.load()
        loaded.model.activationCheckpointing = activationCheckpointing
        loaded.model.sharesPrefixes = !workload.apart
        let watch = Stopwatch()
        let rows = try workload.workload(loaded.files, vocabulary: loaded.model.configuration.vocabularySize)
        let dataSeconds = watch.seconds
        let lora = try adapter.attach(to: loaded.model, seed: workload.seed)
        let arithmetic = try adapter.arithmetic(loaded.model)

        hc_count_calls(1)
        let (model, microBatchTokens) = (loaded.model, trainingConfiguration.microBatchTokens)
        let meter = StepMeter(
            tokens: { rows.rows(step: $0).reduce(0) { $0 + $1.tokens.count } },
            sizes: { rows.sizes(step: $0, microBatchTokens: microBatchTokens, model: model) },
            flop: arithmetic.training)
        let start = ProcessFacts.secondsSinceStart()
        if kernels, warmup == 0 { KernelClock.start() }
        try waitForTurn(meter)
        let losses = try TrainingLoop(
            model: loaded.model, adapter: lora, workload: rows, configuration: trainingConfiguration
        ).run { seconds in
            if heapCalls { hc_record_calls(0) }
            meter.stepEnded(seconds: seconds)
            try waitForTurn(meter)
            if kernels, meter.records.count == warmup { KernelClock.start() }
            if heapCalls, meter.records.count == warmup + steps - 1 { hc_record_calls(1) }
        }
        hc_count_calls(0)
        if heapCalls { printHeapCalls() }
        let report = TrainReport(
            command: self, loaded: loaded, workload: rows, meter: meter, losses: losses,
            trainableParameters: lora?.parameterCount ?? 0,
            times: StartTimes(
                hashSeconds: loaded.hashSeconds, loadSeconds: loaded.loadSeconds, dataSeconds: dataSeconds,
                firstStepStart: start),
            kernels: kernels ? KernelClock.stop().map(KernelTime.init) : nil)
        json ? try JSONOutput.print(report) : report.printLines()
    }

    /// Before a measured step; what happens while it waits is none of the step's.
    private func waitForTurn(_ meter: StepMeter) throws {
        let next = meter.records.count
        guard next >= warmup, next < warmup + steps else { return }
        try turns.wait()
        meter.stepBegins()
    }

    private func printHeapCalls() {
        for index in 0..<hc_recorded_calls() {
            hc_print_recorded_call(index, 2)
            FileHandle.standardError.write(Data("\n".utf8))
        }
    }

    private var trainingConfiguration: TrainingConfiguration {
        var configuration = TrainingConfiguration(steps: warmup + steps)
        configuration.schedule = .constant
        configuration.checkpointEvery = 0
        configuration.seed = workload.seed
        configuration.microBatchTokens = microBatchTokens ?? configuration.microBatchTokens
        return configuration
    }
}

/// How long it took until the first step could begin.
struct StartTimes: Encodable {
    let hashSeconds: Double?
    let loadSeconds: Double
    /// Reading and tokenizing rows.
    let dataSeconds: Double
    /// From the process's start.
    let firstStepStart: Double
}

/// What `train` prints.
struct TrainReport: Encodable {
    let base: String
    let dtype: String
    let threads: Int
    let rank: Int
    let targets: String
    let dropout: Float
    let trainableParameters: Int
    let workload: String
    let rowsPerStep: Int
    let microBatchTokens: Int?
    let activationCheckpointing: Bool
    let summary: StepSummary
    let peakResidentBytes: Int
    let peakActivationBytes: Int
    let start: StartTimes
    let warmup: Int
    let kernels: [KernelTime]?
    let losses: [Double]
    let steps: [StepRecord]

    init(
        command: Train, loaded: LoadedBase, workload: Workload, meter: StepMeter, losses: [Double],
        trainableParameters: Int, times: StartTimes, kernels: [KernelTime]?
    ) {
        base = command.base.base
        dtype = command.base.dtype
        threads = Threads.count
        rank = command.adapter.rank
        targets = command.adapter.targets
        dropout = command.adapter.dropout
        self.trainableParameters = trainableParameters
        self.workload = workload.name
        rowsPerStep = workload.batchSize
        microBatchTokens = command.microBatchTokens
        activationCheckpointing = command.activationCheckpointing
        summary = StepSummary(Array(meter.records.dropFirst(command.warmup)))
        peakResidentBytes = MachineInfo.peakResidentBytes
        peakActivationBytes = loaded.model.peakActivationBytes
        start = times
        warmup = command.warmup
        self.kernels = kernels
        self.losses = losses
        steps = meter.records
    }

    func printLines() {
        func line(_ name: String, _ value: Double?, _ unit: String) {
            print("\(name): \(value.map { JSONOutput.rounded($0) } ?? "–") \(unit)")
        }
        line("step", summary.seconds, "s (median of \(summary.steps))")
        line("rate", summary.tokensPerSecond, "tokens/s")
        line("arithmetic", summary.gigaflopPerSecond, "GFLOP/s")
        line("peak resident", Double(peakResidentBytes) / 1_048_576, "MiB")
        line("allocations a step", summary.allocations, "")
        line("start to first step", start.firstStepStart, "s")
        for kernel in kernels ?? [] { line(kernel.name, kernel.seconds, "s in \(kernel.calls) calls") }
    }
}

/// Seconds and calls of one kind of kernel.
struct KernelTime: Encodable {
    let name: String
    let seconds: Double
    let calls: Int

    init(_ time: (name: String, seconds: Double, calls: Int)) {
        (name, seconds, calls) = time
    }
}
