import Foundation
import JobReports
import Ledger
import Manifests
import OperatingSystem
import Pipeline
import Publication
import Reports
import Synchronization
import Testing
import Webhooks
import Worker

/// Whatever a job's process says, or does not live to say: the ledger's end of a job is that of the run it published, and
/// `latest` moves where that is a success, and only there.
@Suite("The end of a published job")
struct PublishedEndTests {
    /// What ended the dialogue after the run stood in the outbox.
    private static let ends: [JobOutcome] = [
        .faulted(reason: "The job's process wrote what is no message of one."), .interrupted,
        .failed(reason: "The job was killed after 1 s.", runFolder: nil, summary: nil),
        .rejected(diagnostics: ["a.yaml:1:1: no"]),
    ]

    @Test("A run that was published is the job's end, whatever its process's last message was", arguments: ends)
    func lastMessage(_ outcome: JobOutcome) throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "x"])
        let runner = PublishingRunner(bench, says: outcome)
        #expect(try bench.watchOnce(runner.fake).ended.isEmpty == false)
        let job = try #require(try bench.ledger().jobs().first)
        #expect(job.state == .succeeded && job.attempt == 1)
        #expect(job.runFolder == runner.published && job.summary == PublishingRunner.summary)
        #expect(try latest(bench) == runner.published.map { ($0 as NSString).lastPathComponent })
        #expect(try bench.folder.names("state/jobs/\(job.id)") == ["log"])
    }

    @Test("A run that failed is the job's end too, with the run's own reason, and moves no link")
    func failedRun() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "x"])
        let runner = PublishingRunner(bench, status: .failed, says: .faulted(reason: "gone"))
        _ = try bench.watchOnce(runner.fake)
        let job = try #require(try bench.ledger().jobs().first)
        #expect(job.state == .failed && job.reason == "a gate was missed" && job.attempt == 1)
        #expect(job.runFolder == runner.published)
        #expect(try latest(bench) == nil)
    }

    @Test("A cancel request that comes after the run appeared does not make it none")
    func cancelled() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "x"])
        let runner = PublishingRunner(bench, says: .interrupted) { job in _ = try? bench.worker().cancel(job) }
        _ = try bench.watchOnce(runner.fake)
        #expect(try bench.ledger().jobs().first?.state == .succeeded)
        #expect(try latest(bench) != nil)
    }

    /// What the ledger has of a job whose worker died right after the rename.
    enum Left: CaseIterable { case running, cancelRequested, tooManyCrashes }

    @Test(
        "A worker that died between the rename and the ledger's end is made good by the next", arguments: Left.allCases)
    func crash(_ left: Left) throws {
        let bench = try WorkerBench { $0.maximumCrashes = left == .tooManyCrashes ? 1 : 3 }
        let job = try dead(bench, cancels: left == .cancelRequested)
        let runner = PublishingRunner(bench, says: .interrupted)
        try runner.publish(job, work: "\(bench.settings.state)/jobs/\(job)", attempt: 1)
        let idle = FakeRunner()
        _ = try bench.watchOnce(idle)
        #expect(idle.requests.isEmpty)
        let found = try #require(try bench.ledger().jobs().first)
        #expect(found.state == .succeeded && found.runFolder == runner.published && found.attempt == 1)
        #expect(try latest(bench) != nil)
        #expect(try bench.folder.names("state/jobs/\(job)").isEmpty)
    }

    @Test("A worker that died between the ledger's end and `latest` is made good by the next")
    func crashBeforeLatest() throws {
        let bench = try WorkerBench()
        let job = try dead(bench)
        let runner = PublishingRunner(bench, says: .interrupted)
        try runner.publish(job, work: "\(bench.settings.state)/jobs/\(job)", attempt: 1)
        _ = try bench.ledger().finish(
            job, attempt: 1, as: JobEnding(.succeeded, runFolder: runner.published), announcer: Announcer(hooks: []))
        #expect(try latest(bench) == nil)
        _ = try bench.watchOnce()
        #expect(try latest(bench) != nil)
    }

    @Test("A crash before the rename leaves no run, and the job is tried again")
    func crashBeforeRename() throws {
        let bench = try WorkerBench()
        let job = try dead(bench)
        let runner = PublishingRunner(bench, says: .interrupted)
        try runner.publish(job, work: "\(bench.settings.state)/jobs/\(job)", attempt: 1, stopsBeforeRename: true)
        let again = PublishingRunner(bench, says: .interrupted)
        _ = try bench.watchOnce(again.fake)
        let found = try #require(try bench.ledger().jobs().first)
        #expect(found.state == .succeeded && found.attempt == 2 && found.runFolder == again.published)
        let runs = try bench.folder.names("outbox/a").filter { !$0.hasPrefix(".") && $0 != "latest" }
        #expect(runs.count == 1)
    }

    @Test("With the outbox away nothing is decided; once it is back the run is found, and none published twice")
    func outboxAway() throws {
        let bench = try WorkerBench()
        let job = try dead(bench)
        let runner = PublishingRunner(bench, says: .interrupted)
        try runner.publish(job, work: "\(bench.settings.state)/jobs/\(job)", attempt: 1)
        let (outbox, away) = (bench.settings.outbox, bench.folder.path + "/away")
        try FileManager.default.moveItem(atPath: outbox, toPath: away)
        let idle = FakeRunner()
        _ = try bench.watchOnce(idle)
        #expect(idle.requests.isEmpty)
        #expect(try bench.ledger().job(job).state == .running)
        #expect(bench.log.contains { $0.contains("its run may be in the outbox, which is not there") })
        try FileManager.default.removeItem(atPath: outbox)
        try FileManager.default.moveItem(atPath: away, toPath: outbox)
        _ = try bench.watchOnce(idle)
        #expect(idle.requests.isEmpty)
        #expect(try bench.ledger().job(job).state == .succeeded)
        #expect(try latest(bench) != nil)
    }

    @Test("A `latest` that cannot be moved does not undo the success: it is told, and moved at the next start")
    func blockedLatest() throws {
        let bench = try WorkerBench()
        try bench.submit(["a": "x"])
        let blocked = bench.settings.outbox + "/a/latest"
        let runner = PublishingRunner(bench, says: .interrupted) { _ in
            try? FileManager.default.createDirectory(atPath: blocked, withIntermediateDirectories: true)
        }
        _ = try bench.watchOnce(runner.fake)
        #expect(try bench.ledger().jobs().first?.state == .succeeded)
        #expect(bench.log.contains { $0.contains("latest is no link") })
        try FileManager.default.removeItem(atPath: blocked)
        _ = try bench.watchOnce()
        #expect(try latest(bench) == runner.published.map { ($0 as NSString).lastPathComponent })
    }

    @Test("What a process says of its job's end stays far below the longest line that is read, whatever its data says")
    func bounded() throws {
        let long = String(repeating: "\u{1}é", count: 200_000)
        let slices = (0..<5_000).map { JobSummary.Slice(name: long + "\($0)", rows: 1) }
        let gates = (0..<5_000).map { _ in JobSummary.Gate(condition: long, value: 1, passed: false) }
        let summary = JobSummary(slices: Array(slices.prefix(3_000)), gates: Array(gates.prefix(300)))
        let outcomes: [JobOutcome] = [
            .succeeded(runFolder: "/r", summary: summary), .failed(reason: long, runFolder: nil, summary: summary),
            .rejected(diagnostics: Array(repeating: long, count: 3_000)), .faulted(reason: long),
        ]
        for outcome in outcomes {
            let size = try JSONEncoder().encode(outcome.bounded).count
            #expect(size < 7 << 20, "\(size)")
        }
        #expect(JobOutcome.faulted(reason: "short").bounded == .faulted(reason: "short"))
        let most = JobSummary(
            slices: (0..<SliceReport.most).map { JobSummary.Slice(name: "\($0)", rows: 1) }, gates: [])
        let whole = JobOutcome.succeeded(runFolder: "/r", summary: most)
        #expect(most.slices.count == 1_001 && whole.bounded == whole, "no slice of a job that was begun is left out")
        guard case .rejected(let kept) = outcomes[2].bounded else { return #expect(Bool(false)) }
        #expect(kept.last == "and 2800 more" && kept[0].hasSuffix("…"))
    }

    /// A job whose worker died while it ran.
    private func dead(_ bench: WorkerBench, cancels: Bool = false) throws -> String {
        let ledger = try bench.ledger()
        let now = try ProcessIdentity.current()
        let gone = ProcessIdentity(pid: now.pid, startTicks: now.startTicks, bootID: "gone")
        let job = NewJob(
            id: "20261124T002603Z-1a2b3c4d", name: "a", manifestFile: "a.yaml", manifestText: "x", manifestSHA256: "00")
        _ = try ledger.admit(job, announcer: Announcer(hooks: []))
        _ = try ledger.takeNext(worker: gone, announcer: Announcer(hooks: []))
        if cancels { _ = try ledger.requestCancel(job.id) }
        return job.id
    }

    private func latest(_ bench: WorkerBench) throws -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: bench.settings.outbox + "/a/latest")
    }
}

/// Publishes a run as a job's process does, and then says something else of its end.
private final class PublishingRunner: Sendable {
    static let summary = JobSummary(slices: [.init(name: "all", rows: 4)], parityPassed: true, steps: 7)

    private struct Crash: Error {}
    private let outbox: String
    private let status: RunStatus
    private let says: JobOutcome
    private let afterwards: @Sendable (String) -> Void
    private let folder = Mutex<String?>(nil)

    init(
        _ bench: WorkerBench, status: RunStatus = .succeeded, says: JobOutcome,
        afterwards: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        outbox = bench.settings.outbox
        self.status = status
        self.says = says
        self.afterwards = afterwards
    }

    /// Where the run was published.
    var published: String? { folder.withLock { $0 } }

    var fake: FakeRunner {
        FakeRunner { [self] request in
            try publish(request.id, work: request.workFolder, attempt: request.attempt)
            afterwards(request.id)
            return says
        }
    }

    func publish(_ job: String, work: String, attempt: Int, stopsBeforeRename: Bool = false) throws {
        try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
        let run = RunIdentifier(startedAt: Date(), manifest: Data(job.utf8))
        let staging = try RunStaging.begin(outbox: outbox, name: "a", run: run, attempt: attempt)
        try Data("{}".utf8).write(to: URL(fileURLWithPath: staging.folder + "/report.json"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let note = PublicationNote(
            reason: status == .succeeded ? nil : "a gate was missed",
            summary: String(decoding: try encoder.encode(Self.summary), as: UTF8.self))
        do {
            let run = try staging.publish(status, journal: work + "/publication.json", note: note) {
                if $0 == .rename, stopsBeforeRename { throw Crash() }
            }
            folder.withLock { $0 = run.folder }
        } catch is Crash {}
    }
}
