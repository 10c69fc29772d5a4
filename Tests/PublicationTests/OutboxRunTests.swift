import Foundation
import Publication
import ReportSupport
import Reports
import Testing

@Suite("What stands in an outbox")
struct OutboxRunTests {
    @Test("Runs are listed by name, the newest first, with status, figure, size and the one that latest leads to")
    func list() throws {
        let outbox = try TestOutbox()
        #expect(try OutboxRun.list(outbox: outbox.path, name: nil).isEmpty)
        var older = SampleReport.succeeded()
        older.provenance.startedAt -= 86_400
        let first = try outbox.stage(older).publish(.succeeded)
        var bad = SampleReport.failed()
        bad.provenance.startedAt += 86_400
        let failed = try outbox.stage(bad).publish(.failed)
        let second = try outbox.stage().publish(.succeeded)
        let runs = try OutboxRun.list(outbox: outbox.path, name: nil)
        #expect(runs.map(\.folder) == [failed.folder, second.folder, first.folder])
        #expect(runs.map(\.isLatest) == [false, true, false])
        #expect(runs.map { $0.summary?.status } == [.failed, .succeeded, .succeeded])
        #expect(runs[1].summary?.headline?.metric == "loss" && runs[0].summary?.headline == nil)
        #expect(runs[1].bytes > 3_000_000)
        #expect(try OutboxRun.list(outbox: outbox.path, name: "sentiment").count == 3)
        #expect(throws: PublicationError.self) { try OutboxRun.list(outbox: outbox.path, name: "other") }
        #expect(throws: PublicationError.self) { try OutboxRun.list(outbox: outbox.path, name: "../sentiment") }
    }

    @Test(
        "Nights that an earlier lorad published in folders of their own are runs of the name, and the last good one is found"
    )
    func nights() throws {
        let outbox = try TestOutbox()
        let old = try outbox.stage().publish(.succeeded)
        let night = outbox.path + "/sentiment-20261124t0200z"
        try FileManager.default.moveItem(atPath: outbox.runs, toPath: night)
        #expect(OutboxRun.lastGood(outbox: outbox.path, name: "sentiment") == "\(night)/\(old.run)")
        var later = SampleReport.succeeded()
        later.provenance.startedAt += 86_400
        let new = try outbox.stage(later).publish(.succeeded)
        #expect(OutboxRun.lastGood(outbox: outbox.path, name: "sentiment") == new.folder)
        let runs = try OutboxRun.list(outbox: outbox.path, name: "sentiment")
        #expect(runs.map(\.folder) == [new.folder, "\(night)/\(old.run)"])
        #expect(runs.map(\.name) == ["sentiment", "sentiment"] && runs.map(\.isLatest) == [true, false])
        #expect(try OutboxRun.list(outbox: outbox.path, name: nil).count == 2)
        #expect(try OutboxRun.list(outbox: outbox.path, name: "sentiment-20261124t0200z").count == 1)
    }

    @Test("A run whose report cannot be read is listed without what it says, and other folders are none")
    func damaged() throws {
        let outbox = try TestOutbox()
        let run = try outbox.stage().publish(.succeeded)
        try Data("{".utf8).write(to: URL(filePath: run.folder + "/report.json"))
        try FileManager.default.createDirectory(atPath: outbox.runs + "/notes", withIntermediateDirectories: false)
        let runs = try OutboxRun.list(outbox: outbox.path, name: "sentiment")
        #expect(runs.map(\.folder) == [run.folder] && runs[0].summary == nil)
    }
}
