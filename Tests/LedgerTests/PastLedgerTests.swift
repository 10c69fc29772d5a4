import Foundation
import GRDB
import Ledger
import LedgerSupport
import TestSupport
import Testing

/// Ledgers that earlier commits wrote: `Tests/Fixtures/past/COMMIT/state/ledger.sqlite`.
@Suite("Ledgers of earlier lorads")
struct PastLedgerTests {
    private static let commits = ["21e726e"]

    private func copy(of commit: String, in folder: ScratchFolder) throws -> String {
        let path = folder.path + "/ledger.sqlite"
        try FileManager.default.copyItem(
            atPath: Fixtures.path("past/\(commit)/state/ledger.sqlite"), toPath: path)
        return path
    }

    /// Every table's definition and rows, as text.
    private func contents(_ path: String) throws -> [String] {
        try DatabaseQueue(path: path).read { database in
            let tables = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
            let definitions = try Row.fetchAll(database, sql: "SELECT * FROM sqlite_schema ORDER BY name").map(
                \.description)
            return try tables.reduce(into: definitions) { lines, table in
                lines += try Row.fetchAll(database, sql: "SELECT * FROM \"\(table)\"").map { "\(table) \($0)" }
            }
        }
    }

    @Test("They open with a job, a delivery and a scheduled run in every state", arguments: commits)
    func states(commit: String) throws {
        let folder = try ScratchFolder()
        let ledger = try Ledger(path: copy(of: commit, in: folder)) { $0 }
        let jobs = try ledger.jobs()
        #expect(
            Set(jobs.map(\.state.rawValue)) == [
                "queued", "running", "interrupted", "succeeded", "failed", "rejected", "cancelled",
            ])
        let deliveries = try ledger.deliveries()
        #expect(Set(deliveries.map(\.state.rawValue)) == ["pending", "delivered", "abandoned"])
        let runs = try ledger.scheduledRuns()
        #expect(Set(runs.map(\.state.rawValue)) == ["decided", "submitted", "unchanged", "missed", "failed"])
        #expect(try ledger.pausedSince() != nil)
        #expect(try ledger.disabledHooks().keys.sorted() == ["gone"])
    }

    @Test("Every question about every job is answered", arguments: commits)
    func queries(commit: String) throws {
        let folder = try ScratchFolder()
        let ledger = try Ledger(path: copy(of: commit, in: folder)) { $0 }
        let jobs = try ledger.jobs()
        try #require(jobs.count >= 7)
        for job in jobs {
            #expect(try ledger.job(job.id) == job)
            #expect(try ledger.resolve(job.id) == job)
            #expect(try ledger.resolve(job.name).name == job.name)
            let stages = try ledger.stages(of: job.id)
            #expect(stages.isEmpty == (job.attempt == 0), "\(job.name)")
            #expect(try ledger.deliveries(of: job.id).allSatisfy { $0.job == job.id })
            #expect(job.manifestText.isEmpty == false)
            switch job.state {
            case .succeeded, .failed:
                #expect(job.summary != nil && job.runFolder != nil && job.finishedAt != nil, "\(job.name)")
            case .rejected: #expect(job.reason?.contains("trainig") == true)
            case .running:
                let execution = try #require(job.execution)
                #expect(job.worker?.isAlive == false && execution.executor == "process" && execution.handle == nil)
                #expect(execution.process?.bootID == job.worker?.bootID && (execution.process?.pid ?? 0) > 1)
            case .queued, .interrupted, .cancelled: #expect(job.worker == nil)
            }
        }
        let waiting = try ledger.waiting(now: .distantFuture)
        #expect(waiting.ready == 2 && waiting.delayed == 0)
    }

    @Test("The first opening migrates them; a second changes nothing", arguments: commits)
    func secondOpening(commit: String) throws {
        let folder = try ScratchFolder()
        let path = try copy(of: commit, in: folder)
        let before = try contents(path).filter { $0.hasPrefix("grdb_migrations ") }
        try #require(before.count == 4)
        _ = try Ledger(path: path) { $0 }.jobs()
        let first = try contents(path)
        #expect(Set(first).isSuperset(of: before))
        _ = try Ledger(path: path) { $0 }.jobs()
        #expect(try contents(path) == first)
    }

    @Test("What its worker left is put back into the queue, and what had ended stays", arguments: commits)
    func recovery(commit: String) throws {
        let folder = try ScratchFolder()
        let ledger = try Ledger(path: copy(of: commit, in: folder)) { $0 }
        let ended = try ledger.jobs().filter(\.state.isFinal)
        let report = try ledger.recover(maximumCrashes: 10, announcer: Told(hooks: [])) {
            $0.process?.liveness ?? .unknown
        }
        #expect(report.rescued.count == 1 && report.resumed.count == 1)
        #expect(report.held.isEmpty && report.abandoned.isEmpty)
        #expect(try ledger.waiting(now: .distantFuture).ready == 4)
        #expect(try ledger.jobs().filter(\.state.isFinal) == ended)
    }
}
