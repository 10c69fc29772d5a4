import Common
import Foundation
import Manifests
import Reports

/// What stands in an outbox, one run after the other.
package struct OutboxRun: Sendable {
    /// The job's name; of a night that an earlier lorad published, without the stamp.
    package let name: String
    /// `outbox/NAME/RUN`, or `outbox/NAME-STAMP/RUN`.
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

    /// The runs of a name, its nights included, or of every name, by name and then the newest first.
    ///
    /// - Throws: `PublicationError.missing` where there is no such name.
    package static func list(outbox: String, name: String?) throws -> [OutboxRun] {
        let all = try FileSystem.names(in: outbox).filter { OutboxPlace.isName($0, in: outbox) }
        let families = Dictionary(grouping: all) { Stamp.parts(of: $0)?.name ?? $0 }
        if let name {
            if let folders = families[name] { return try runs(outbox, name, in: folders) }
            // One night alone.
            guard all.contains(name) else {
                throw PublicationError(.missing, "Nothing of the name \(name) is published in \(outbox).")
            }
            return try runs(outbox, Stamp.parts(of: name)?.name ?? name, in: [name])
        }
        return try families.sorted { $0.key < $1.key }.flatMap { try runs(outbox, $0.key, in: $0.value) }
    }

    /// The last good run of a name: where its `latest` leads, or else that of its last night in a folder of its own.
    package static func lastGood(outbox: String, name: String) -> String? {
        if let run = LatestLink.run(outbox: outbox, name: name) { return run }
        return nights(outbox, name).lazy.compactMap { LatestLink.run(outbox: outbox, name: $0) }.first
    }

    /// The folder of a run of a name, one of its nights in a folder of its own too; nil where there is none.
    package static func folder(outbox: String, name: String, run: String) -> String? {
        ([name] + nights(outbox, name)).lazy.map { "\(outbox)/\($0)/\(run)" }.first(where: FileSystem.isFolder)
    }

    /// Folders of nights that lorad 0.2 or before published of a name, the last one first.
    private static func nights(_ outbox: String, _ name: String) -> [String] {
        ((try? FileSystem.names(in: outbox)) ?? []).filter { Stamp.parts(of: $0)?.name == name }.sorted(by: >)
    }

    /// The runs of a name that stand in these folders of the outbox.
    private static func runs(_ outbox: String, _ name: String, in folders: [String]) throws -> [OutboxRun] {
        let latest = LatestLink.run(outbox: outbox, name: name)
        let found = try folders.flatMap { folder in
            try FileSystem.names(in: "\(outbox)/\(folder)").filter { RunIdentifier.isFolderName($0) }
                .map { (run: $0, folder: "\(outbox)/\(folder)/\($0)") }
        }
        return found.sorted { $0.run > $1.run }.map { _, folder in
            OutboxRun(
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

    /// The figure that a run is known by; nil where it was not scored, or its report cannot be read.
    package static func headline(of folder: String) -> Headline? { summary(folder)?.headline }

    private static func size(_ folder: String) -> Int {
        let files = (try? PublishedFiles(in: folder).files) ?? []
        return files.reduce(0) { total, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(file)")
            return total + (attributes?[.size] as? Int ?? 0)
        }
    }
}
