import Foundation
import GRDB
import Ledger
import LedgerSupport
import OperatingSystem
import Testing

/// `JobTransition.all` against what the ledger does: each transition is brought about in every state there is.
@Suite("States of jobs")
struct JobTransitionTests {
    private static let now = Date(timeIntervalSince1970: 1_780_000_000)
    private static let later = now + 60

    @Test("Each cause has one transition; jobs end only by what tells so, and leave an end only when they are retried")
    func table() {
        let all = JobTransition.all
        #expect(all.map(\.cause) == JobTransition.Cause.allCases)
        for transition in all {
            #expect(JobTransition.by(transition.cause) == transition)
            #expect(!transition.from.contains(transition.to), "\(transition.cause)")
            if transition.from.contains(where: \.isFinal) { #expect(transition.cause == .retried) }
            #expect((transition.to == .running) == (transition.cause == .taken))
            // No row tells of an owner, or of a wish to cancel, that has none.
            if transition.from.contains(.running) {
                #expect(transition.clears.isSuperset(of: [.owner, .cancelRequest]), "\(transition.cause)")
            }
        }
        // Every state is entered, and every one is left.
        #expect(Set(all.map(\.to)) == Set(JobState.allCases))
        #expect(all.reduce(into: Set()) { $0.formUnion($1.from) } == Set(JobState.allCases).subtracting([.succeeded]))
    }

    @Test("From the states that it names a transition leads where it says, and clears and counts what it says")
    func fromItsStates() throws {
        var tried = 0
        for transition in JobTransition.all {
            for state in JobState.allCases where transition.from.contains(state) {
                tried += 1
                let bench = try LedgerBench(announcer: Told(hooks: ["chat"]))
                try full(bench, state, transition.cause)
                let before = try columns(bench)
                #expect(try bring(transition.cause, bench), "\(transition.cause) from \(state)")
                let after = try columns(bench)
                #expect(try bench.ledger.job("a").state == transition.to, "\(transition.cause) from \(state)")
                try check(transition, before: before, after: after)
                let told = try bench.ledger.deliveries().dropFirst().map(\.event)
                #expect(told == (transition.tells.map { [$0.rawValue] } ?? []), "\(transition.cause)")
            }
        }
        #expect(tried == 17)
    }

    @Test("From any other state it is refused or changes nothing, and nobody is told")
    func fromOthers() throws {
        var tried = 0
        for transition in JobTransition.all where !transition.from.isEmpty {
            for state in JobState.allCases where !transition.from.contains(state) {
                tried += 1
                let bench = try LedgerBench(announcer: Told(hooks: ["chat"]))
                try full(bench, state, transition.cause)
                let before = try columns(bench)
                let happened = try bring(transition.cause, bench)
                let after = try columns(bench)
                if happened, Self.byRecovery.contains(transition.cause) {
                    // Recovery looks at every job: what it does is what another of its rows has for that state.
                    let now = try bench.ledger.job("a").state
                    let others = JobTransition.all.filter {
                        Self.byRecovery.contains($0.cause) && $0.from.contains(state) && $0.to == now
                    }
                    #expect(!others.isEmpty, "\(transition.cause)")
                } else {
                    let isKept: Bool = before == after
                    #expect(isKept, "\(transition.cause) from \(state)")
                    #expect(try bench.ledger.deliveries().count == 1)
                }
            }
        }
        #expect(tried == 74)
    }

    @Test("New rows begin queued or rejected, and tell of it")
    func beginnings() throws {
        for transition in JobTransition.all where transition.from.isEmpty {
            let bench = try LedgerBench(announcer: Told(hooks: ["chat"]))
            let job = try bench.admit("a", mistakes: transition.cause == .refused ? ["a.yaml:1:1: no"] : nil)
            #expect(job.state == transition.to)
            #expect(try bench.ledger.deliveries().map(\.event) == [transition.tells?.rawValue])
        }
    }

    @Test("A job that no worker and no process has says nothing of either, its last heartbeat included")
    func owner() throws {
        for transition in JobTransition.all where transition.from.contains(.running) {
            let bench = try LedgerBench()
            try full(bench, .running, transition.cause)
            let running = try bench.ledger.job("a")
            try #require(running.worker != nil && running.execution != nil)
            try #require(running.heartbeatAt != nil && running.memoryBytes != nil)
            #expect(try bring(transition.cause, bench))
            let job = try bench.ledger.job("a")
            #expect(job.worker == nil && job.execution == nil, "\(transition.cause)")
            #expect(job.heartbeatAt == nil && job.memoryBytes == nil, "\(transition.cause)")
            #expect(!job.cancelRequested, "\(transition.cause)")
        }
    }

    private static let byRecovery: Set<JobTransition.Cause> = [.resumed, .rescued, .abandoned, .buried]

    /// A job `a` in a state, every column of which a transition could clear filled.
    private func full(_ bench: LedgerBench, _ state: JobState, _ cause: JobTransition.Cause) throws {
        try bench.admit("a")
        try DatabaseQueue(path: bench.path).write { database in
            try database.execute(
                sql: """
                    UPDATE jobs SET state = ?, attempt = 1, crashes = ?, retries = 3, cancel_requested = ?,
                        not_before = 1, started_at = 2, finished_at = 3, reason = 'r', run_folder = '/r', summary = ?,
                        worker_pid = 1, worker_start = 4, boot_id = 'gone', execution = '{"executor":"process"}',
                        heartbeat_at = 7, memory_bytes = 8, pins = '{}'
                    """,
                // Recovery cancels what somebody asked it to, and abandons what crashed too often; `bring` allows five.
                arguments: [
                    state.rawValue, cause == .abandoned ? 9 : 2,
                    !Self.byRecovery.contains(cause) || cause == .buried,
                    #"{"gates":[],"slices":[],"steps":1,"tokens_per_second":1,"wall_seconds":1}"#,
                ])
        }
    }

    private func columns(_ bench: LedgerBench) throws -> [String: DatabaseValue] {
        let row = try #require(
            try DatabaseQueue(path: bench.path).read { try Row.fetchOne($0, sql: "SELECT * FROM jobs") })
        return Dictionary(row.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first })
    }

    /// Brings about what causes it; false where the ledger refused, or found nothing to do.
    private func bring(_ cause: JobTransition.Cause, _ bench: LedgerBench) throws -> Bool {
        let (ledger, announcer) = (bench.ledger, bench.announcer)
        do {
            switch cause {
            case .admitted, .refused: return false
            case .taken:
                return try ledger.takeNext(worker: bench.worker, announcer: announcer, now: Self.later) != nil
            case .succeeded, .failed, .rejected, .cancelled, .interrupted:
                let state = try #require(JobState(rawValue: cause.rawValue))
                let ending = JobEnding(state, reason: "new", runFolder: "/new", summary: .example)
                _ = try ledger.finish("a", attempt: 1, as: ending, announcer: announcer, now: Self.later)
            case .postponed: _ = try ledger.postpone("a", attempt: 1, reason: "new", until: Self.later)
            case .resumed, .rescued, .abandoned, .buried:
                let report = try ledger.recover(maximumCrashes: 5, announcer: announcer, now: Self.later) { _ in .dead }
                if cause != .buried { return report != RecoveryReport() }
                // That it cancelled a job the report does not tell.
                let job = try ledger.job("a")
                return report != RecoveryReport() || job.state == .cancelled && job.finishedAt == Self.later
            case .withdrawn: _ = try ledger.requestCancel("a", announcer: announcer, now: Self.later)
            case .retried: _ = try ledger.retry("a", announcer: announcer, now: Self.later)
            }
            return true
        } catch let error as WorkerError where error.code == .fenced || error.code == .wrongState {
            return false
        }
    }

    private static let parts: [JobTransition.Part: [String]] = [
        .owner: ["worker_pid", "worker_start", "boot_id", "execution", "heartbeat_at", "memory_bytes"],
        .cancelRequest: ["cancel_requested"], .wait: ["not_before"],
        .ending: ["finished_at", "reason", "run_folder", "summary"], .counts: ["crashes", "retries"], .pins: ["pins"],
    ]

    /// What else a cause writes, in place of what was there or was cleared.
    private static let written: [JobTransition.Cause: Set<String>] = [
        .taken: ["started_at", "worker_pid", "worker_start", "boot_id"],
        .succeeded: ["finished_at", "reason", "run_folder", "summary"],
        .failed: ["finished_at", "reason", "run_folder", "summary"],
        .rejected: ["finished_at", "reason", "run_folder", "summary"],
        .cancelled: ["finished_at", "reason", "run_folder", "summary"],
        .interrupted: ["reason", "run_folder", "summary"],
        .postponed: ["not_before", "reason"], .abandoned: ["finished_at", "reason"],
        .buried: ["finished_at", "reason"], .withdrawn: ["finished_at", "reason"],
    ]

    private func check(
        _ transition: JobTransition, before: [String: DatabaseValue], after: [String: DatabaseValue]
    ) throws {
        let written = Self.written[transition.cause] ?? []
        let cleared = Set(transition.clears.flatMap { Self.parts[$0] ?? [] }).subtracting(written)
        let counted = transition.counts.map(\.rawValue)
        try #require(before.count > 25 && Set(before.keys) == Set(after.keys))
        for (column, value) in before where column != "state" {
            let now = after[column]
            if column == counted {
                let old = try #require(Int.fromDatabaseValue(value))
                let new = try #require(now.flatMap(Int.fromDatabaseValue))
                #expect(new == old + 1, "\(transition.cause): \(column)")
            } else if cleared.contains(column) {
                let isEmpty: Bool = now == DatabaseValue.null || now == 0.databaseValue
                #expect(isEmpty, "\(transition.cause): \(column)")
            } else if written.contains(column) {
                let isNew: Bool = now != value
                #expect(isNew && now?.isNull == false, "\(transition.cause): \(column)")
            } else {
                let isKept: Bool = now == value
                #expect(isKept, "\(transition.cause): \(column)")
            }
        }
    }
}
