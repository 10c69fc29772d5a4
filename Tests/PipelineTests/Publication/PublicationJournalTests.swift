import Foundation
import Pipeline
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
        #expect(result.runFolder == run.folder)
        #expect(result.status == .succeeded)
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

    @Test("A crash between the rename and `latest` is made good, and a later run's `latest` is not moved back")
    func latest() throws {
        let outbox = try TestOutbox()
        let first = try outbox.stage()
        #expect(throws: Crash.self) {
            try first.publish(.succeeded, journal: journal(outbox)) { if $0 == .latest { throw Crash() } }
        }
        #expect(try outbox.latest() == nil)
        _ = try PublicationJournal.publishedRun(journal(outbox))
        #expect(try outbox.latest() == first.run.description)
        let second = try outbox.stage().publish(.succeeded)
        _ = try PublicationJournal.publishedRun(journal(outbox))
        #expect(try outbox.latest() == second.run.description)
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
        let error = #expect(throws: PipelineError.self) {
            _ = try RunStaging.begin(outbox: outbox.path + "/gone", name: "sentiment", run: run)
        }
        #expect(error?.code == .unwritable)
        #expect(!FileManager.default.fileExists(atPath: outbox.path + "/gone"))
    }
}
