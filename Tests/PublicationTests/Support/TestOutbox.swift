import Foundation
import Publication
import ReportSupport
import Reports
import TestSupport

/// An outbox of a test's own with runs of one name.
final class TestOutbox {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    var path: String { folder.path }
    var runs: String { "\(folder.path)/sentiment" }

    /// A staged run with an adapter and every document.
    func stage(_ report: RunReport = SampleReport.succeeded()) throws -> RunStaging {
        let manifest = Data("name: sentiment\n".utf8)
        let run = RunIdentifier(startedAt: report.provenance.startedAt, manifest: manifest)
        let staging = try RunStaging.begin(outbox: path, name: "sentiment", run: run)
        try Data("{}".utf8).write(to: URL(filePath: "\(staging.folder)/adapter_config.json"))
        try Data(repeating: 7, count: 3_000_000).write(to: URL(filePath: "\(staging.folder)/adapter_model.safetensors"))
        try staging.writeDocuments(report, manifest: manifest, of: SampleArtifact.self)
        return staging
    }

    /// Paths of all files below a folder, sorted.
    func files(_ folder: String) -> [String] {
        (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }

    /// What a reader of the outbox sees.
    func visible() -> [String] { entries().filter { !$0.hasPrefix(".") } }

    /// What a reader does not see, but for the folder's lock, which stays.
    func hidden() -> [String] { entries().filter { $0.hasPrefix(".") && $0 != OutboxPlace.entryLock } }

    /// What `latest` points at.
    func latest() throws -> String? {
        guard entries().contains("latest") else { return nil }
        return try FileManager.default.destinationOfSymbolicLink(atPath: "\(runs)/latest")
    }

    /// Exit status of the real `sha256sum --check --strict` in a run's folder.
    func sha256sum(_ folder: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sha256sum")
        process.arguments = ["--check", "--strict", "--quiet", "SHA256SUMS"]
        process.currentDirectoryURL = URL(filePath: folder)
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func entries() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? []).sorted()
    }
}
