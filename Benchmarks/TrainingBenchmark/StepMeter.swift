import BenchmarkSupport

/// One measured step.
struct StepRecord: Encodable {
    let seconds: Double
    /// Of the rows as they stand, the last of each too, which nothing is computed from.
    let tokens: Int
    let labelledTokens: Int
    let gigaflop: Double
    /// Calls of malloc and its relatives during the step, by any thread.
    let allocations: Int
    let allocatedBytes: Int
    /// Pages that the kernel had to provide during the step.
    let pageFaults: Int
}

/// Records steps as they end. What it allocates itself is left out of the counts.
final class StepMeter {
    private(set) var records: [StepRecord] = []
    private let tokens: (Int) -> Int
    private let sizes: (Int) -> [SequenceSize]
    private let flop: ([SequenceSize]) -> Double
    private var before: (calls: Int, bytes: Int, faults: Int)

    /// - Parameters:
    ///   - tokens: of a step's rows; steps are counted from 0.
    ///   - sizes: its sequences as they are computed.
    ///   - flop: operations that they cannot avoid.
    init(
        tokens: @escaping (Int) -> Int, sizes: @escaping (Int) -> [SequenceSize],
        flop: @escaping ([SequenceSize]) -> Double
    ) {
        self.tokens = tokens
        self.sizes = sizes
        self.flop = flop
        before = Self.counters()
    }

    /// Called right before a step where something else came after the one before, which then counts for neither.
    func stepBegins() { before = Self.counters() }

    /// Called once a step, right after its end.
    func stepEnded(seconds: Double) {
        let after = Self.counters()
        let step = sizes(records.count)
        records.append(
            StepRecord(
                seconds: seconds, tokens: tokens(records.count),
                labelledTokens: step.reduce(0) { $0 + $1.labels }, gigaflop: flop(step) / 1e9,
                allocations: after.calls - before.calls, allocatedBytes: after.bytes - before.bytes,
                pageFaults: after.faults - before.faults))
        before = Self.counters()
    }

    private static func counters() -> (calls: Int, bytes: Int, faults: Int) {
        let heap = ProcessFacts.allocations()
        return (heap.calls, heap.bytes, ProcessFacts.pageFaults())
    }
}

/// Measured steps in few numbers, each a median over steps unless its name says otherwise.
struct StepSummary: Encodable {
    let steps: Int
    let seconds: Double?
    /// The range that holds the middle four fifths of the steps' times.
    let secondsP10: Double?
    let secondsP90: Double?
    let tokensPerSecond: Double?
    let tokensPerSecondP10: Double?
    let tokensPerSecondP90: Double?
    let labelledTokensPerSecond: Double?
    /// All tokens over all seconds.
    let meanTokensPerSecond: Double?
    let tokens: Double?
    let gigaflop: Double?
    let gigaflopPerSecond: Double?
    let allocations: Double?
    let mostAllocations: Int?
    let allocatedBytes: Double?
    let pageFaults: Double?

    init(_ records: [StepRecord]) {
        func median(_ value: (StepRecord) -> Double) -> Double? { Statistics.median(records.map(value)) }
        let times = records.map(\.seconds)
        let rates = records.map { Double($0.tokens) / $0.seconds }
        let total = times.reduce(0, +)
        steps = records.count
        seconds = Statistics.median(times)
        secondsP10 = Statistics.percentile(times, 0.1)
        secondsP90 = Statistics.percentile(times, 0.9)
        tokensPerSecond = Statistics.median(rates)
        tokensPerSecondP10 = Statistics.percentile(rates, 0.1)
        tokensPerSecondP90 = Statistics.percentile(rates, 0.9)
        labelledTokensPerSecond = median { Double($0.labelledTokens) / $0.seconds }
        meanTokensPerSecond = total > 0 ? Double(records.reduce(0) { $0 + $1.tokens }) / total : nil
        tokens = median { Double($0.tokens) }
        gigaflop = median(\.gigaflop)
        gigaflopPerSecond = median { $0.gigaflop / $0.seconds }
        allocations = median { Double($0.allocations) }
        mostAllocations = records.map(\.allocations).max()
        allocatedBytes = median { Double($0.allocatedBytes) }
        pageFaults = median { Double($0.pageFaults) }
    }
}
