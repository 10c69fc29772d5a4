import Common
import Foundation
import Reports

/// What stands in an outbox, one run after the other.
package struct OutboxRun: Sendable {
    /// The job's name.
    package let name: String
    /// `outbox/NAME/RUN`
    package let folder: String
    /// Whether `latest` leads to it.
    package let isLatest: Bool
    /// What its report says; nil where that cannot be read.
    package let summary: Summary?
    /// Of all its files.
    package let bytes: Int

    /// A report in short.
    package struct Summary: Sendable {
        package let status: RunStatus
        package let finishedAt: Date
        package let isUnscored: Bool
        /// Nil where nothing was scored.
        package let headline: Headline?
    }

    /// Bytes of a report that is read.
    private static let largestReport = 64 << 20

    /// The runs of a name, or of every name, by name and then the newest first.
    ///
    /// - Throws: `PublicationError.missing` where there is no such name.
    package static func list(outbox: String, name: String?) throws -> [OutboxRun] {
        if let name {
            guard !name.contains("/"), FileSystem.isFolder("\(outbox)/\(name)") else {
                throw PublicationError(.missing, "Nothing of the name \(name) is published in \(outbox).")
            }
            return try runs(outbox, name)
        }
        let names = try FileSystem.names(in: outbox).filter { name in
            !name.hasPrefix(".") && name != "rejected" && FileSystem.isFolder("\(outbox)/\(name)")
        }
        return try names.sorted().flatMap { try runs(outbox, $0) }
    }

    private static func runs(_ outbox: String, _ name: String) throws -> [OutboxRun] {
        let latest = LatestLink.run(outbox: outbox, name: name)
        return try FileSystem.names(in: "\(outbox)/\(name)").filter { RunIdentifier.isFolderName($0) }.sorted(by: >).map
        {
            let folder = "\(outbox)/\(name)/\($0)"
            return OutboxRun(
                name: name, folder: folder, isLatest: folder == latest, summary: summary(folder), bytes: size(folder))
        }
    }

    private static func summary(_ folder: String) -> Summary? {
        guard let data = BoundedFile.read(folder + "/report.json", limit: largestReport),
            let report = try? ReportCoding.decode(data)
        else { return nil }
        return Summary(
            status: report.status, finishedAt: report.provenance.finishedAt, isUnscored: report.isUnscored,
            headline: Headline(report))
    }

    private static func size(_ folder: String) -> Int {
        let files = (try? PublishedFiles(in: folder).files) ?? []
        return files.reduce(0) { total, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(file)")
            return total + (attributes?[.size] as? Int ?? 0)
        }
    }
}
