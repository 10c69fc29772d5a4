import Executors
import Foundation
import JobReports
import LedgerSupport
import OperatingSystem
import Synchronization
import TestSupport
import Worker

/// An executor that does what the manifest's text says.
///
/// `succeed` (or anything else), `fail`, `reject` (while running), `refuse` (when inspected), `wait` (until asked to
/// stop in its first attempt, then succeeds), `leave` (ends its first attempt unasked), `fault N` (in the first N
/// attempts, then succeeds), `crash` (always in the same way), `odd crash` (each time in another). Lines beginning with
/// `reads ` name inputs, one with `priority ` the priority.
final class FakeRunner: Executor {
    private let state = Mutex<(requests: [JobRequest], running: Int, most: Int)>(([], 0, 0))
    private let attempts = Mutex<[Execution: Attempt]>([:])
    let notify: [String]?
    /// Who reads manifests; nil for a reader in this process that believes the text.
    let reader: (any IntakeReader)?

    /// What is done in place of the manifest's word.
    private let work: (@Sendable (JobRequest) throws -> JobOutcome)?

    init(notify: [String]? = nil, reader: (any IntakeReader)? = nil) {
        self.notify = notify
        self.reader = reader
        work = nil
        asksFirst = false
    }

    private let beforehand = Mutex<(@Sendable (String) -> Void)?>(nil)

    /// Does something with the job's id before an attempt asks.
    func beforeAsking(_ body: @escaping @Sendable (String) -> Void) { beforehand.withLock { $0 = body } }

    /// Whether an attempt asks before it does it whether it may publish, and ends where not.
    private let asksFirst: Bool

    init(asksFirst: Bool = false, work: @escaping @Sendable (JobRequest) throws -> JobOutcome) {
        self.asksFirst = asksFirst
        notify = nil
        reader = nil
        self.work = work
    }

    /// Reads in this process: claimed manifests as described above, the schedule's as lorad does.
    private struct Reader: IntakeReader {
        let runner: FakeRunner

        func answer(_ order: IntakeOrder, isWanted: () throws -> Bool) throws -> IntakeAnswer {
            guard case .inspect(let path, let name, _) = order.request else { return IntakeDesk.answer(order) }
            return .inspected(
                Inspection.of(path, name: name) {
                    runner.verdict(of: $0, path: String(name.map { $0.isNewline ? " " : $0 }))
                })
        }
    }

    /// What a worker works with here.
    var tools: WorkerTools {
        WorkerTools(executor: self, exporter: NoExports()) { [self] _ in reader ?? Reader(runner: self) }
    }

    private final class Attempt: Sendable {
        let request: JobRequest
        let reports = ReportStream()
        let isStopped = Atomic<Bool>(false)
        let hasEnded = Atomic<Bool>(false)
        let permission = Mutex<Bool?>(nil)

        init(_ request: JobRequest) { self.request = request }
    }

    var name: String { "fake" }

    func start(_ order: JobOrder) -> Execution {
        let execution = Execution(executor: name, handle: UUID().uuidString)
        attempts.withLock { $0[execution] = Attempt(order.request) }
        return execution
    }

    func reports(of execution: Execution) -> ReportStream {
        attempts.withLock { $0[execution]?.reports } ?? ReportStream()
    }

    func send(_ command: JobCommand, to execution: Execution) {
        guard let attempt = attempts.withLock({ $0[execution] }) else {
            if command == .abandon { execution.process?.kill() }
            return
        }
        switch command {
        case .run:
            Thread { [self] in
                let outcome = run(attempt)
                attempt.hasEnded.store(true, ordering: .sequentiallyConsistent)
                attempt.reports.put(.ended(outcome))
            }.start()
        case .stop: attempt.isStopped.store(true, ordering: .relaxed)
        case .publish(let allowed): attempt.permission.withLock { $0 = allowed }
        case .abandon: attempt.reports.put(.ended(.interrupted))
        }
    }

    func liveness(of execution: Execution) -> Liveness {
        if execution.executor != name { return execution.process?.liveness ?? .unknown }
        let hasEnded = attempts.withLock { $0[execution]?.hasEnded.load(ordering: .sequentiallyConsistent) }
        return hasEnded == false ? .alive : .dead
    }

    /// A copy, see `WebhookServer.requests`.
    var requests: [JobRequest] { state.withLock { state in state.requests.map { $0 } } }
    /// The most jobs that ever ran at one time.
    var mostAtOnce: Int { state.withLock { $0.most } }

    private func verdict(of manifestText: String, path: String) -> ManifestVerdict {
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        guard manifestText.hasPrefix("refuse") else {
            func values(_ key: String) -> [String] {
                manifestText.split(separator: "\n").filter { $0.hasPrefix(key) }.map { String($0.dropFirst(key.count)) }
            }
            return .accepted(
                name: name, notify: notify, priority: values("priority ").first.flatMap { Int($0) } ?? 0,
                inputs: values("reads "))
        }
        return .rejected(diagnostics: (1...5).map { "\(name).yaml:\($0):3: mistake \($0)" })
    }

    private func run(_ attempt: Attempt) -> JobOutcome {
        let (request, report) = (attempt.request, attempt.reports.put)
        state.withLock { state in
            state.requests.append(request)
            state.running += 1
            state.most = max(state.most, state.running)
        }
        defer { state.withLock { $0.running -= 1 } }
        if let work {
            if asksFirst {
                beforehand.withLock { $0 }?(request.id)
                report(.mayPublish)
                _ = eventually { attempt.permission.withLock { $0 != nil } }
                if attempt.permission.withLock({ $0 }) == false { return .interrupted }
            }
            do { return try work(request) } catch { return .faulted(reason: "\(error)") }
        }
        report(.stageStarted(stage: .train, detail: "1 step"))
        report(
            .progress(
                StageProgress(
                    stage: .train, done: 1, total: 1, unit: .steps, loss: 0.5, tokensPerSecond: 100, secondsLeft: 0)))
        if request.manifestText.hasPrefix("leave"), request.attempt == 1 { return .interrupted }
        if request.manifestText.hasPrefix("wait"), request.attempt == 1 {
            let isAsked = eventually(within: 300) { attempt.isStopped.load(ordering: .relaxed) }
            return isAsked ? .interrupted : .failed(reason: "nobody asked it to stop", runFolder: nil, summary: nil)
        }
        if request.manifestText.hasPrefix("fault "), let count = Int(request.manifestText.dropFirst(6).prefix(1)),
            request.attempt <= count
        {
            return .faulted(reason: "The disk is full.")
        }
        if request.manifestText.hasPrefix("crash") { return .crashed(reason: "It was ended by signal 6.") }
        if request.manifestText.hasPrefix("odd crash") {
            return .crashed(reason: "It was ended by signal 6 at \(request.attempt).")
        }
        report(.stageEnded(stage: .train, detail: nil))
        switch request.manifestText.prefix(4) {
        case "fail": return .failed(reason: "loss is NaN at step 7", runFolder: nil, summary: nil)
        case "reje": return .rejected(diagnostics: ["base.sha256: expected aa, found bb"])
        default: return .succeeded(runFolder: "/outbox/\(request.id)", summary: .example)
        }
    }
}

/// For workers whose lorad.yaml exports nothing.
struct NoExports: Exporter {
    func export(_ order: ExportOrder, isWanted: () -> Bool) throws -> String {
        throw WorkerError(.export, "Nothing is exported here.")
    }
}
