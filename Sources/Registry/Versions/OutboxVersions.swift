import Common
import Foundation
import Ledger
import Manifests
import Publication
import Reports

/// The succeeded runs that stand in an outbox, as versions to be.
struct OutboxVersions {
    /// Bytes of a report that is read.
    private static let largestReport = 64 << 20

    let outbox: String

    /// Names that have folders, the nights of earlier lorads counted under their name.
    func names() throws -> [String] {
        let folders = try FileSystem.names(in: outbox).filter { OutboxPlace.isName($0, in: outbox) }
        return Set(folders.map { Stamp.parts(of: $0)?.name ?? $0 }).sorted()
    }

    /// The succeeded runs of a name, each a path from the outbox, in the order in which they were begun.
    func runs(of name: String) throws -> [String] {
        // By their beginning first: an outbox has thousands of names.
        let folders = try FileSystem.names(in: outbox).filter {
            $0.hasPrefix(name) && Stamp.isStamped($0, from: name) && OutboxPlace.isName($0, in: outbox)
        }
        let runs = try folders.flatMap { folder in
            try FileSystem.names(in: "\(outbox)/\(folder)")
                .filter { RunIdentifier.isSucceeded($0) && FileSystem.isRealFolder("\(outbox)/\(folder)/\($0)") }
                .map { (run: $0, path: "\(folder)/\($0)") }
        }
        return runs.sorted { ($0.run, $0.path) < ($1.run, $1.path) }.map(\.path)
    }

    /// What is to be known of a run, or of an import; nil where its report or its list of checksums cannot be read.
    func version(_ run: String) -> NewVersion? {
        guard let digest = digest(run) else { return nil }
        if let record = ImportRecord.read("\(outbox)/\(run)") {
            return NewVersion(
                run: run, digest: digest, baseSHA256: record.base.sha256,
                tokenizerSHA256: record.base.tokenizerSHA256, publishedAt: record.importedAt,
                importation: .init(source: record.source, by: record.importedBy))
        }
        guard let report = report(run) else { return nil }
        let base = report.provenance.base
        return NewVersion(
            run: run, digest: digest, baseSHA256: base.sha256, tokenizerSHA256: base.tokenizerSHA256,
            publishedAt: report.provenance.finishedAt)
    }

    /// SHA-256 of a run's list of checksums; nil where there is none.
    func digest(_ run: String) -> String? { PublishedFiles.digest(of: "\(outbox)/\(run)") }

    func report(_ run: String) -> RunReport? {
        BoundedFile.read("\(outbox)/\(run)/report.json", limit: Self.largestReport).flatMap { data in
            try? ReportCoding.decode(data)
        }
    }
}
