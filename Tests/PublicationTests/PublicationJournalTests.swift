import Foundation
import Publication
import ReportSupport
import Testing

@Suite("Publication journal")
struct PublicationJournalTests {
    private struct Crash: Error {}

    private func journal(_ outbox: TestOutbox) -> String { outbox.path + "/journal.json" }

    @Test("A run whose end nobody recorded is found again, with its report")
    func found() throws {
        let outbox = try TestOutbox()
        let run = try outbox.stage().publish(.succeeded, journal: journal(outbox))
        let result = try #require(try PublicationJournal.publishedRun(journal(outbox)))
        #expect(result.journal.folder == run.folder)
        #expect(result.journal.status == .succeeded)
        #expect(result.report.slices == SampleReport.succeeded().slices)
    }

    @Test("Before the rename there is no run to find, whatever the journal says")
    func beforeRename() throws {
        let outbox = try TestOutbox()
        let staging = try outbox.stage()
        #expect(throws: Crash.self) {
            try staging.publish(.succeeded, journal: journal(outbox)) { if $0 == .rename { throw Crash() } }
        }
        #expect(FileManager.default.fileExists(atPath: journal(outbox)))
        #expect(try PublicationJournal.publishedRun(journal(outbox)) == nil)
    }

    @Test("With a journal `latest` is left to whoever keeps the ledger; made good later, it is not moved back")
    func latest() throws {
        let outbox = try TestOutbox()
        let first = try outbox.stage().publish(.succeeded, journal: journal(outbox))
        _ = try PublicationJournal.publishedRun(journal(outbox))
        #expect(try outbox.latest() == nil)
        try LatestLink.point(at: first.folder)
        #expect(try outbox.latest() == first.run.description)
        let second = try outbox.stage().publish(.succeeded)
        try LatestLink.point(at: first.folder, onlyForward: true)
        #expect(try outbox.latest() == second.run.description)
        try LatestLink.point(at: first.folder)
        #expect(try outbox.latest() == first.run.description)
    }

    @Test("What the ledger is to keep of the run stands in the journal")
    func note() throws {
        let outbox = try TestOutbox()
        let note = PublicationNote(reason: "a gate", summary: "{}")
        _ = try outbox.stage(SampleReport.failed()).publish(.failed, journal: journal(outbox), note: note)
        let read = try #require(PublicationJournal.read(journal(outbox)))
        #expect(read.note == note && read.status == .failed && read.isPublished)
    }

    @Test("A journal or a list of checksums that is a pipe, a link or endless is none, and is not waited for")
    func strange() throws {
        let outbox = try TestOutbox()
        let run = try outbox.stage().publish(.succeeded, journal: journal(outbox))
        let read = try #require(PublicationJournal.read(journal(outbox)))
        let sums = run.folder + "/SHA256SUMS"
        try FileManager.default.moveItem(atPath: sums, toPath: outbox.path + "/sums")
        try FileManager.default.createSymbolicLink(atPath: sums, withDestinationPath: outbox.path + "/sums")
        #expect(!read.isPublished)
        unlink(sums)
        #expect(mkfifo(sums, 0o600) == 0)
        #expect(!read.isPublished)
        truncate(journal(outbox), 1 << 40)
        #expect(PublicationJournal.read(journal(outbox)) == nil)
    }

    @Test("A run with other bytes than the journal's is not it")
    func otherBytes() throws {
        let outbox = try TestOutbox()
        let run = try outbox.stage().publish(.succeeded, journal: journal(outbox))
        try Data("other".utf8).write(to: URL(filePath: run.folder + "/SHA256SUMS"))
        #expect(try PublicationJournal.publishedRun(journal(outbox)) == nil)
        #expect(try PublicationJournal.publishedRun(outbox.path + "/none.json") == nil)
    }

    @Test("An outbox that is not there is not made: its file system may not be mounted")
    func noOutbox() throws {
        let outbox = try TestOutbox()
        let run = RunIdentifier(startedAt: Date(), manifest: Data())
        let error = #expect(throws: PublicationError.self) {
            _ = try RunStaging.begin(outbox: outbox.path + "/gone", name: "sentiment", run: run)
        }
        #expect(error?.code == .unwritable)
        #expect(!FileManager.default.fileExists(atPath: outbox.path + "/gone"))
    }
}
