import JobReports
import Pipeline
import Synchronization
import TestSupport
import Testing

@Suite("What a job tells while it runs")
struct JobReporterTests {
    private static let lines = """
        dataset: {train: $F/train.jsonl, validation: $F/val.jsonl}
        evaluation: {data: $F/test.jsonl}
        training: {max_steps: 3, batch_size: 2, max_length: 256, dtype: float32}
        """

    private func bench(_ folder: String) throws -> JobBench {
        let bench = try JobBench(folder: folder)
        try bench.rows("train.jsonl", JobBench.reviews(0..<8))
        try bench.rows("val.jsonl", JobBench.reviews(20..<23))
        try bench.rows("test.jsonl", JobBench.reviews(30..<34))
        return bench
    }

    @Test("Every stage says how far it is, up to its end, between its start and its end")
    func stages() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let heard = Heard()
            #expect(try bench.run(Self.lines, heard.reporter).status == .succeeded)
            #expect(heard.started == Stage.allCases)
            var stage: Stage?
            var ended: [Stage] = []
            for report in heard.reports {
                switch report {
                case .stageStarted(let begun, _): stage = begun
                case .stageEnded(let over, _):
                    #expect(over == stage)
                    ended.append(over)
                case .progress(let progress):
                    #expect(progress.stage == stage && progress.done <= progress.total)
                default: break
                }
            }
            #expect(ended == Stage.allCases)
            for stage in Stage.allCases {
                let told = heard.progress.filter { $0.stage == stage }
                let last = try #require(told.last, "\(stage)")
                // The last step of a publication is told of before it is made.
                if stage != .publish { #expect(last.done == last.total, "\(stage)") }
                for unit in Set(told.map(\.unit)) {
                    let done = told.filter { $0.unit == unit }.map(\.done)
                    #expect(done == done.sorted(), "\(stage) \(unit)")
                }
            }
            let units = Dictionary(heard.progress.map { ($0.stage, $0.unit) }, uniquingKeysWith: { $1 })
            #expect(
                units == [
                    .base: .bytes, .data: .rows, .train: .steps, .adapter: .modules, .slices: .rows, .parity: .answers,
                    .publish: .steps,
                ])
            // Every projection is merged between the answers of the adapter and those of the merged weights.
            #expect(heard.progress.contains { $0.stage == .parity && $0.unit == .tensors && $0.done == $0.total })
            // 8 rows to train on, 3 to validate on, 4 to score.
            let rows = heard.progress.last { $0.stage == .data }
            let scored = heard.progress.last { $0.stage == .slices }
            #expect(rows?.total == 15 && scored?.total == 2 * 4)
        }
    }

    @Test("The job's time is told from the first step on, and not before; it is more than the stage's")
    func wholeJob() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let heard = Heard()
            _ = try bench.run(Self.lines, heard.reporter)
            for progress in heard.progress {
                switch progress.stage {
                case .base, .data: #expect(progress.secondsLeft == nil)
                case .train:
                    let (stage, job) = (try #require(progress.stageSecondsLeft), try #require(progress.secondsLeft))
                    #expect(job > stage)
                // Of a publication's first step nothing is measured yet.
                case .publish where progress.done == 0: #expect(progress.secondsLeft == nil)
                default: #expect(progress.secondsLeft != nil, "\(progress)")
                }
            }
        }
    }

    @Test("A base whose hash is remembered is not read, and nothing is told of reading it")
    func remembered() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            _ = try bench.check(Self.lines)
            let heard = Heard()
            _ = try bench.check(Self.lines, heard.reporter)
            #expect(heard.started.prefix(2) == [.base, .data])
            #expect(heard.progress.allSatisfy { $0.stage == .data })
        }
    }

    @Test("A stage that counts something else in between has the rate and the time of what it counts now")
    func parts() throws {
        let time = Mutex(0.0)
        let heard = Mutex<[StageProgress]>([])
        let reporter = JobReporter(
            { report in if case .progress(let progress) = report { heard.withLock { $0.append(progress) } } },
            now: { time.withLock { $0 } })
        func tell(_ done: Int, of total: Int, _ unit: StageProgress.Unit, at seconds: Double) -> StageProgress? {
            time.withLock { $0 = seconds }
            reporter.progress(done, of: total, unit)
            return heard.withLock { $0.last }
        }
        reporter.started(.parity)
        #expect(tell(4, of: 12, .answers, at: 8)?.rate == 0.5)
        #expect(tell(0, of: 100, .tensors, at: 10)?.rate == nil)
        let tensors = tell(50, of: 100, .tensors, at: 12)
        #expect(tensors?.rate == 25 && tensors?.stageSecondsLeft == 2)
        #expect(tell(5, of: 12, .answers, at: 20)?.rate == nil)
        let answers = tell(8, of: 12, .answers, at: 26)
        #expect(answers?.rate == 0.5 && answers?.stageSecondsLeft == 8)
        reporter.started(.publish)
        #expect(tell(1, of: 2, .steps, at: 30)?.rate == 0.25)
    }

    @Test("What comes too often is left out, a stage's end never")
    func often() throws {
        let time = Mutex(100.0)
        let heard = Mutex<[JobReport]>([])
        let reporter = JobReporter(
            { report in heard.withLock { $0.append(report) } }, now: { time.withLock { $0 } })
        reporter.started(.slices)
        for row in 1...100 {
            time.withLock { $0 += 0.01 }
            reporter.progress(row, of: 100, .rows)
        }
        let told = heard.withLock { reports in
            reports.compactMap { if case .progress(let progress) = $0 { progress } else { nil } }
        }
        // Of one second, one every fifth, and the last.
        #expect((5...7).contains(told.count) && told.last?.done == 100)
        for progress in told { #expect(abs(try #require(progress.rate) - 100) < 1) }
        let moves = heard.withLock { reports in reports.filter { if case .moved = $0 { true } else { false } } }
        #expect(moves.count == 1)
    }
}
