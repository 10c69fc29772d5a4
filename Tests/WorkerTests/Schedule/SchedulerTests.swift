import Foundation
import Ledger
import LedgerSupport
import Manifests
import OperatingSystem
import Synchronization
import Testing
import Worker

@Suite("Scheduler")
struct SchedulerTests {
    /// Notes what it is asked to submit, and fails or dies where told to.
    private final class Submitter: Scheduler.Submitter {
        private let state = Mutex<(files: [String], trouble: WorkerError?)>(([], nil))
        var files: [String] { state.withLock { $0.files } }
        func fail(_ error: WorkerError?) { state.withLock { $0.trouble = error } }

        func submit(
            _ entry: ScheduleEntry, due: Date, file: String, isWanted: () -> Bool
        ) throws -> (ScheduledRun.State, String?) {
            try state.withLock { state in
                if let trouble = state.trouble { throw trouble }
                state.files.append(file)
                return (.submitted, file)
            }
        }
    }

    private let bench: LedgerBench
    private let submitter = Submitter()

    init() throws { bench = try LedgerBench() }

    private func scheduler(_ keys: String = "cron: \"30 2 * * *\"") throws -> Scheduler {
        let text = "schedule: [{name: nightly, manifest: pipelines/night.yaml, time_zone: UTC, \(keys)}]"
        let entries = try WorkerConfiguration.load(bytes: Array(text.utf8), file: "lorad.yaml").schedule
            .map(ScheduleEntry.init)
        return Scheduler({ entries }, ledger: bench.ledger, submitter: submitter, log: { _ in })
    }

    private func time(_ text: String) throws -> Date { try Date("2026-11-" + text + ":00Z", strategy: .iso8601) }
    private func states() throws -> [ScheduledRun.State] { try bench.ledger.scheduledRuns().map(\.state) }

    @Test("A new entry has no past: it begins with its next time, and runs once when that comes")
    func first() throws {
        let scheduler = try scheduler()
        #expect(try scheduler.tick(now: time("20T12:00")) == time("21T02:30"))
        #expect(try scheduler.tick(now: time("21T02:29")) == time("21T02:30"))
        #expect(submitter.files.isEmpty)
        #expect(try scheduler.tick(now: time("21T02:30")) == time("22T02:30"))
        _ = try scheduler.tick(now: time("21T02:31"))
        #expect(submitter.files == ["night-20261121t0230z.yaml"])
        #expect(try states() == [.submitted])
    }

    @Test("A restart neither repeats a run nor loses one that came due meanwhile")
    func restart() throws {
        _ = try scheduler().tick(now: time("20T12:00"))
        _ = try scheduler().tick(now: time("21T02:30"))
        _ = try scheduler().tick(now: time("21T03:00"))
        #expect(submitter.files.count == 1)
        _ = try scheduler().tick(now: time("22T09:00"))
        #expect(submitter.files == ["night-20261121t0230z.yaml", "night-20261122t0230z.yaml"])
    }

    @Test("After long downtime the latest time alone is made up for, and only within catch_up_hours")
    func missed() throws {
        _ = try scheduler().tick(now: time("01T12:00"))
        _ = try scheduler().tick(now: time("10T14:29"))
        #expect(submitter.files == ["night-20261110t0230z.yaml"])
        #expect(try scheduler().tick(now: time("15T14:31")) == time("16T02:30"))
        #expect(submitter.files.count == 1)
        #expect(try states() == [.submitted, .missed])
        _ = try scheduler("cron: \"30 2 * * *\", catch_up_hours: 100").tick(now: time("19T02:00"))
        #expect(submitter.files.count == 2)
    }

    @Test("A worker that dies after deciding and before submitting submits when it is started again")
    func death() throws {
        let scheduler = try scheduler()
        _ = try scheduler.tick(now: time("20T12:00"))
        submitter.fail(WorkerError(.unwritable, "The disk is full."))
        _ = try scheduler.tick(now: time("21T02:30"))
        #expect(try states() == [.decided])
        submitter.fail(nil)
        // Days later: it was decided in time.
        _ = try self.scheduler().tick(now: time("24T01:00"))
        #expect(try states() == [.submitted, .missed])
        #expect(submitter.files == ["night-20261121t0230z.yaml"])
    }

    @Test("A manifest that cannot be submitted is told of, once, and the next time comes all the same")
    func failing() throws {
        let scheduler = try scheduler()
        _ = try scheduler.tick(now: time("20T12:00"))
        submitter.fail(WorkerError(.missing, "pipelines/night.yaml cannot be read."))
        _ = try scheduler.tick(now: time("21T02:30"))
        #expect(try states() == [.failed])
        #expect(try bench.ledger.scheduledRuns()[0].detail == "pipelines/night.yaml cannot be read.")
        submitter.fail(nil)
        _ = try scheduler.tick(now: time("22T02:30"))
        #expect(try states() == [.failed, .submitted])
    }

    @Test("An entry whose time or zone was changed begins anew; an entry that is gone is not run")
    func changed() throws {
        _ = try scheduler().tick(now: time("20T12:00"))
        #expect(try scheduler("cron: \"0 5 * * *\"").tick(now: time("21T06:00")) == time("22T05:00"))
        #expect(submitter.files.isEmpty)
        submitter.fail(WorkerError(.unwritable, "The disk is full."))
        _ = try scheduler("cron: \"0 5 * * *\"").tick(now: time("22T05:00"))
        submitter.fail(nil)
        let none = Scheduler({ [] }, ledger: bench.ledger, submitter: submitter, log: { _ in })
        #expect(try none.tick(now: time("22T06:00")) == nil)
        #expect(try states() == [.failed])
        #expect(submitter.files.isEmpty)
    }

    @Test("A clock that was set back repeats nothing; one that was far ahead does not silence the entry")
    func clock() throws {
        _ = try scheduler().tick(now: time("20T12:00"))
        _ = try scheduler().tick(now: time("21T02:30"))
        #expect(try scheduler().tick(now: time("20T20:00")) == time("22T02:30"))
        #expect(submitter.files.count == 1)
        #expect(try scheduler().tick(now: time("10T00:00")) == time("10T02:30"))
    }
}
