import Executors
import Foundation
import JobReports
import LedgerSupport
import Manifests
import ModelFiles
import OperatingSystem
import Pipeline
import TestSupport
import Testing

/// What the worker rests on, of every executor there is.
@Suite("Every executor")
struct ExecutorConformanceTests {
    /// One of the registry.
    struct Kind: CustomTestStringConvertible {
        let descriptor: ExecutorDescriptor

        static let allCases = KnownExecutors.all.map(Kind.init)

        var testDescription: String { descriptor.name }

        func make(_ configuration: WorkerConfiguration) throws -> any Executor {
            // `swift build` puts the program beside the tests.
            let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let program = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("lorad").path
            try #require(FileManager.default.isExecutableFile(atPath: program))
            return descriptor.make(configuration, program)
        }
    }

    @Test("Ledgers tell executors by names of their own, which stay")
    func names() throws {
        let names = KnownExecutors.all.map(\.name)
        #expect(Set(names).count == names.count)
        // What ledgers of past versions hold.
        #expect(names.contains("process") && names.contains("in-process"))
        for kind in Kind.allCases { #expect(try kind.make(WorkerConfiguration()).name == kind.descriptor.name) }
    }

    /// Folders of a worker, a tiny base and a job on it.
    private struct Bench {
        let folder: ScratchFolder
        let executor: any Executor
        let order: JobOrder

        init(
            _ kind: Kind, steps: Int = 2, text: String? = nil, outbox: String? = nil, lines: String = ""
        ) throws {
            folder = try ScratchFolder()
            let base = Fixtures.path("llama-tiny/base")
            var configuration = WorkerConfiguration()
            configuration.outbox = outbox ?? folder.path + "/outbox"
            configuration.state = folder.path + "/state"
            configuration.pipelines = folder.path + "/pipelines"
            configuration.allowedRoots = [folder.path, Fixtures.root]
            configuration.limits.freeDiskMiB = 0
            configuration.threads = 1
            for name in ["outbox", "state/jobs/one", "pipelines"] {
                try FileManager.default.createDirectory(
                    atPath: folder.path + "/" + name, withIntermediateDirectories: true)
            }
            let rows = (0..<6).map {
                #"{"prompt": "Review \#($0):", "completion": " \#($0 % 2 == 0 ? "good" : "bad")"}"#
            }
            try folder.write(rows.joined(separator: "\n") + "\n", to: "train.jsonl")
            let manifest = """
                name: job
                base: {path: \(base), sha256: \(try ContentHash.ofBase(base).sha256)}
                dataset: {train: \(folder.path)/train.jsonl}
                training: {max_steps: \(steps), batch_size: 2, dtype: float32}
                \(lines)
                """
            let request = JobRequest(
                id: "one", name: "job", manifestPath: folder.path + "/job.yaml", manifestText: text ?? manifest,
                workFolder: folder.path + "/state/jobs/one", attempt: 1)
            executor = try kind.make(configuration)
            order = JobOrder(request, configuration)
        }

        func start() async throws -> Execution {
            let (executor, order) = (executor, order)
            return try await onThread { Result { try executor.start(order) } }.get()
        }

        func run(_ attempt: RecordedAttempt) async -> JobOutcome { await attempt.run(order, by: executor) }

        var runs: [String] {
            let names = (try? folder.names("outbox/job")) ?? []
            return names.filter { !$0.hasPrefix(".") && $0 != "latest" }
        }
    }

    @Test("A job's reports come in order, its question among them, and its outcome last", arguments: Kind.allCases)
    func succeeds(kind: Kind) async throws {
        let bench = try Bench(kind)
        let attempt = RecordedAttempt()
        let outcome = await bench.run(attempt)
        guard case .succeeded(let run, let summary) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(RunPlace.name(of: run, in: bench.order.outbox) == "job" && summary.steps == 2)
        #expect(bench.runs == [(run as NSString).lastPathComponent])
        let stages = attempt.reports.compactMap { if case .stageStarted(let stage, _) = $0 { stage } else { nil } }
        let ended = attempt.reports.compactMap { if case .stageEnded(let stage, _) = $0 { stage } else { nil } }
        #expect(stages == Stage.allCases && ended == Stage.allCases)
        let asked = try #require(attempt.reports.firstIndex(of: .mayPublish))
        let publishing = try #require(attempt.reports.firstIndex(of: .stageStarted(stage: .publish, detail: nil)))
        #expect(publishing < asked && asked < attempt.reports.count - 1)
        let execution = try #require(attempt.execution)
        let executor = bench.executor
        #expect(await onThread { eventually { executor.liveness(of: execution) == .dead } })
    }

    @Test("A job goes on from another name's run, in an outbox that jobs may not read", arguments: Kind.allCases)
    func parent(kind: Kind) async throws {
        let elsewhere = try ScratchFolder()
        let run = "20261129T010203Z-3f9ac2b1"
        let files = FileManager.default
        let runs = elsewhere.path + "/outbox/parent"
        try files.createDirectory(atPath: runs, withIntermediateDirectories: true)
        try files.copyItem(atPath: Fixtures.path("adapters/query-value"), toPath: "\(runs)/\(run)")
        try files.createSymbolicLink(atPath: runs + "/latest", withDestinationPath: run)
        let bench = try Bench(
            kind, outbox: elsewhere.path + "/outbox",
            lines: "adapter: {rank: 4, alpha: 8, targets: [q_proj, v_proj], init_from: parent}")
        let outcome = await bench.run(RecordedAttempt())
        guard case .succeeded(let published, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let provenance = try String(contentsOfFile: published + "/provenance.json", encoding: .utf8)
        #expect(provenance.contains("\(runs)/\(run)") && provenance.contains("\"init_from\" : \"parent\""))
    }

    @Test("A job that may not publish leaves no run", arguments: Kind.allCases)
    func refused(kind: Kind) async throws {
        let bench = try Bench(kind)
        #expect(await bench.run(RecordedAttempt(mayPublish: false)) == .interrupted)
        #expect(bench.runs.isEmpty)
    }

    @Test(
        "Before it is told to run it does nothing, and is alive; given up then, it never did", arguments: Kind.allCases)
    func waits(kind: Kind) async throws {
        let bench = try Bench(kind)
        let execution = try await bench.start()
        #expect(execution.executor == bench.executor.name)
        try await Task.sleep(for: .milliseconds(300))
        #expect(bench.executor.liveness(of: execution) == .alive)
        let left = try bench.folder.names("state/jobs/one").filter { $0 != "stderr" }
        #expect(left.isEmpty && bench.runs.isEmpty)
        let executor = bench.executor
        #expect(await onThread { executor.end(execution, within: 30) })
        let reports = executor.reports(of: execution)
        let told = await onThread { [reports.next(), reports.next()] }
        #expect(told == [.ended(.interrupted), nil])
    }

    @Test("Asked to stop while it trains, it writes its checkpoint and ends", arguments: Kind.allCases)
    func stops(kind: Kind) async throws {
        let bench = try Bench(kind, steps: 1_000_000)
        let attempt = RecordedAttempt {
            if case .progress(let progress) = $0, progress.stage == .train { .stop } else { nil }
        }
        #expect(await bench.run(attempt) == .interrupted)
        #expect(try bench.folder.names("state/jobs/one").contains("checkpoint.safetensors"))
        #expect(bench.runs.isEmpty)
    }

    @Test("Given up while it trains, it ends without a run", arguments: Kind.allCases)
    func abandoned(kind: Kind) async throws {
        let bench = try Bench(kind, steps: 1_000_000)
        let attempt = RecordedAttempt {
            if case .progress(let progress) = $0, progress.stage == .train { .abandon } else { nil }
        }
        #expect(await bench.run(attempt) == .interrupted)
        let execution = try #require(attempt.execution)
        let executor = bench.executor
        #expect(await onThread { eventually { executor.liveness(of: execution) == .dead } })
        #expect(bench.runs.isEmpty)
    }

    @Test("A manifest with mistakes is rejected with their places", arguments: Kind.allCases)
    func rejects(kind: Kind) async throws {
        let bench = try Bench(kind, text: "name: job\nbase: {path: none, sha256: 12}\ndataset: none.jsonl\n")
        let outcome = await bench.run(RecordedAttempt())
        guard case .rejected(let mistakes) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(mistakes.contains { $0.hasPrefix("job.yaml:2:") }, "\(mistakes)")
    }

    @Test(
        "An execution is found again from what a ledger keeps of it; nothing is proved of another's",
        arguments: Kind.allCases)
    func found(kind: Kind) async throws {
        let bench = try Bench(kind)
        let execution = try await bench.start()
        let kept = try JSONDecoder().decode(Execution.self, from: JSONEncoder().encode(execution))
        #expect(kept == execution && kept.hashValue == execution.hashValue)
        let later = try kind.make(WorkerConfiguration())
        let process = try #require(execution.process)
        let earlier = ProcessIdentity(pid: process.pid, startTicks: process.startTicks, bootID: "gone")
        #expect(later.liveness(of: Execution(executor: later.name, process: earlier, handle: "1")) == .dead)
        #expect(later.liveness(of: Execution(executor: "elsewhere", process: process)) == .unknown)
        #expect(later.liveness(of: Execution(executor: later.name)) == .unknown)
        let executor = bench.executor
        #expect(await onThread { executor.end(kept, within: 30) })
        // Nobody works on it: a reader is told so, and not kept waiting.
        let other = Execution(executor: later.name, process: earlier, handle: "2")
        #expect(await onThread { later.reports(of: other).next() } == .ended(.interrupted))
    }
}
