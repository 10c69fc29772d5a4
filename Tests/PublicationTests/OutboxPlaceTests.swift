import Foundation
import Publication
import TestSupport
import Testing

/// What somebody put where a run is to be found.
@Suite("Places in the outbox")
struct OutboxPlaceTests {
    private let run = RunIdentifier(startedAt: Date(), manifest: Data())

    @Test(
        "A name's folder that is a link, a file or a pipe is refused, and nothing lands behind it",
        arguments: ["link", "file", "pipe"])
    func noFolder(_ kind: String) throws {
        let outbox = try TestOutbox()
        let elsewhere = outbox.path + "/elsewhere"
        try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
        switch kind {
        case "link": try FileManager.default.createSymbolicLink(atPath: outbox.runs, withDestinationPath: elsewhere)
        case "file": try Data().write(to: URL(filePath: outbox.runs))
        default: #expect(mkfifo(outbox.runs, 0o600) == 0)
        }
        let error = #expect(throws: PublicationError.self) {
            try RunStaging.begin(outbox: outbox.path, name: "sentiment", run: run)
        }
        #expect(error?.code == .rejected && error?.advice?.contains("move") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere).isEmpty)
    }

    @Test("A `latest` that is a folder or a file is refused before anything is staged", arguments: [true, false])
    func latest(isFolder: Bool) throws {
        let outbox = try TestOutbox()
        try FileManager.default.createDirectory(atPath: outbox.runs, withIntermediateDirectories: true)
        let latest = outbox.runs + "/latest"
        if isFolder {
            try FileManager.default.createDirectory(atPath: latest, withIntermediateDirectories: true)
        } else {
            try Data().write(to: URL(filePath: latest))
        }
        let error = #expect(throws: PublicationError.self) {
            try RunStaging.begin(outbox: outbox.path, name: "sentiment", run: run)
        }
        #expect(error?.code == .rejected && error?.message.hasSuffix("latest is no link.") == true)
        #expect(outbox.visible() == ["latest"] && outbox.hidden().isEmpty)
    }

    @Test("What is put there while the job runs is found before the run appears")
    func meanwhile() throws {
        let outbox = try TestOutbox()
        let staging = try outbox.stage()
        try FileManager.default.createDirectory(atPath: outbox.runs + "/latest", withIntermediateDirectories: true)
        #expect(throws: PublicationError.self) { try staging.publish(.succeeded) }
        #expect(outbox.visible() == ["latest"])
    }
}
