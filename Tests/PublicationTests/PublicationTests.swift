import Foundation
import Publication
import ReportSupport
import Reports
import Testing

@Suite struct PublicationTests {
    @Test("A succeeded run is published whole, and sha256sum finds every file right")
    func succeeded() throws {
        let outbox = try TestOutbox()
        let staging = try outbox.stage()
        let published = try staging.publish(.succeeded)
        #expect(published.folder == "\(outbox.runs)/\(staging.run)")
        #expect(
            outbox.files(published.folder) == [
                "README.md", "SHA256SUMS", "adapter_config.json", "adapter_model.safetensors", "junit.xml",
                "manifest.yaml", "provenance.intoto.json", "provenance.json", "report.html", "report.json",
            ])
        #expect(try outbox.sha256sum(published.folder) == 0)
        #expect(try VerifyPublication.check(published.folder).passed)
        #expect(try outbox.latest() == staging.run.description)
    }

    @Test("The report that stands in the folder is the report")
    func report() throws {
        let outbox = try TestOutbox()
        let published = try outbox.stage().publish(.succeeded)
        let data = try Data(contentsOf: URL(filePath: "\(published.folder)/report.json"))
        var expected = SampleReport.succeeded()
        expected.provenance.run = published.run.description
        #expect(try ReportCoding.decode(data) == expected)
    }

    @Test("provenance.json names the adapter's hash and what went into it")
    func provenance() throws {
        let outbox = try TestOutbox()
        let published = try outbox.stage().publish(.succeeded)
        let data = try Data(contentsOf: URL(filePath: "\(published.folder)/provenance.json"))
        try Snapshot.expect(String(decoding: data, as: UTF8.self), matches: "provenance.json")
    }

    @Test("A failed run holds no file that a loader would find, and latest stays")
    func failed() throws {
        let outbox = try TestOutbox()
        let first = try outbox.stage().publish(.succeeded)
        let staging = try outbox.stage(SampleReport.failed())
        try FileManager.default.createDirectory(
            atPath: "\(staging.folder)/merged", withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: "\(staging.folder)/merged/model.safetensors"))
        let published = try staging.publish(.failed)
        #expect(published.folder.hasSuffix("\(staging.run)-failed"))
        #expect(
            outbox.files(published.folder) == [
                "SHA256SUMS", "adapter-failed/adapter_config.json.failed",
                "adapter-failed/adapter_model.safetensors.failed", "junit.xml", "manifest.yaml", "provenance.json",
                "reason.txt", "report.html", "report.json",
            ])
        #expect(try outbox.sha256sum(published.folder) == 0)
        #expect(try outbox.latest() == first.run.description)
    }

    @Test("A rejected run holds its reason")
    func rejected() throws {
        let outbox = try TestOutbox()
        let run = RunIdentifier(startedAt: Date(timeIntervalSince1970: 0), manifest: Data())
        let staging = try RunStaging.begin(outbox: outbox.path, name: "sentiment", run: run)
        var report = SampleReport.failed()
        report.status = .rejected
        report.reason = "The base is another."
        try staging.writeDocuments(report, manifest: Data(), of: SampleArtifact.self)
        let published = try staging.publish(.rejected)
        let reason = try String(contentsOfFile: "\(published.folder)/reason.txt", encoding: .utf8)
        #expect(reason == "rejected: The base is another.\n")
        #expect(try outbox.latest() == nil)
    }

    @Test("Two runs of one recipe in one second get two folders")
    func collision() throws {
        let outbox = try TestOutbox()
        let first = try outbox.stage().publish(.succeeded)
        let second = try outbox.stage(SampleReport.failed()).publish(.failed)
        let third = try outbox.stage().publish(.succeeded)
        #expect(second.run.description == "\(first.run)-2")
        #expect(third.run.description == "\(first.run)-3")
        #expect(try outbox.latest() == third.run.description)
    }

    @Test(
        "A name that is no plain folder name is refused",
        arguments: [
            "", ".", "..", ".hidden", "rejected", "latest", "base", "a/b", "../x", "a\0b", "-rf", "naïve",
            String(repeating: "a", count: 101),
        ])
    func names(_ name: String) throws {
        let outbox = try TestOutbox()
        let run = RunIdentifier(startedAt: Date(), manifest: Data())
        #expect(throws: PublicationError.self) {
            try RunStaging.begin(outbox: outbox.path, name: name, run: run)
        }
        #expect(outbox.files(outbox.path) == [])
    }

    @Test("A link in the staged run is refused, and nothing is published")
    func link() throws {
        let outbox = try TestOutbox()
        let staging = try outbox.stage()
        try FileManager.default.createSymbolicLink(
            atPath: "\(staging.folder)/link", withDestinationPath: "/etc/hostname")
        #expect(throws: PublicationError.self) { try staging.publish(.succeeded) }
        #expect(outbox.visible() == [])
    }
}
