import Foundation
import Manifests
import GRDB
import Pipeline

/// A manifest on its way into the inbox, by hand or by the clock: `--set`, the stamp, and the question whether there is
/// anything new to train.
package struct NightlyManifest: Sendable {
    /// With the settings in it, and without a stamp.
    package let text: String
    /// The file it comes from.
    package let file: String
    package let document: ManifestDocument

    /// Throws a `ManifestsError`, for a file that cannot be read or with every mistake.
    package init(path: String, settings: [String], _ configuration: WorkerConfiguration) throws {
        let plain = try Self.read(path)
        text =
            settings.isEmpty
            ? plain : try Override.edit(bytes: Array(plain.utf8), file: path, overrides: settings.map(Override.init))
        file = path
        document = try PipelineRunner.document(text, path: path, configuration)
    }

    /// A manifest's text, or what a link leads to. Throws a `ManifestsError` for what is no file of text, or too large.
    static func read(_ path: String) throws -> String {
        guard FileSystem.status(path, followingLinks: true) != nil else {
            throw ManifestsError(.missing, "\(path) cannot be read.")
        }
        let file = ManifestFile.read(path, name: path, followingLinks: true)
        if let mistake = file.mistake { throw ManifestsError(.unreadable, mistake) }
        return file.text
    }

    /// The text under a stamped name. Throws where the name gets too long by it.
    package func stamped(at date: Date, _ configuration: WorkerConfiguration) throws -> String {
        let stamped = try Stamp.apply(to: text, file: file, name: document.manifest.name, at: date)
        _ = try PipelineRunner.document(stamped, path: file, configuration)
        return stamped
    }

    /// `nightly-20261124t0200z.yaml` for `pipelines/nightly.yaml`.
    package static func fileName(of path: String, at date: Date) -> String {
        let name = URL(fileURLWithPath: path).lastPathComponent
        let stem = InboxNames.stem(name)
        let ending = name.dropFirst(stem.count)
        return Stamp.name(stem, at: date) + (ending.isEmpty ? ".yaml" : ending)
    }
}

/// Whether a job would train what was trained before.
package enum Novelty: Sendable, Equatable {
    /// Something differs from the last success, or there is none; what, in words.
    case new(String)
    /// Data, base and settings are those of this job.
    case unchanged(since: JobRecord)

    /// Compares with the last success of that name, stamped or not. Reads and hashes the files that the manifest names.
    static func of(
        _ manifest: NightlyManifest, ledger: Ledger?, policy: PathPolicy, hashCache: String
    ) throws -> Novelty {
        try of(manifest.document.manifest.name, ledger: ledger) { run in
            try RunComparison.difference(
                between: manifest.document.manifest, andRun: run, policy: policy, hashCache: hashCache)
        }
    }

    /// The same where somebody else compares: `difference` says what differs from a run's folder, nil for nothing.
    static func of(_ name: String, ledger: Ledger?, difference: (String) throws -> String?) throws -> Novelty {
        guard let last = try ledger?.lastSuccess(of: name) else {
            return .new("no job of the name \(name) has succeeded yet")
        }
        guard let folder = last.runFolder else { return .new("the last success has no run folder") }
        return try difference(folder).map(Novelty.new) ?? .unchanged(since: last)
    }
}

extension Ledger {
    /// The last job to succeed among those of a name, stamped or not.
    func lastSuccess(of name: String) throws -> JobRecord? {
        let names = try read("list the names of jobs that succeeded") { database in
            // Every stamped name begins with the name; which of those are stamps is told outside SQL.
            try String.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT name FROM jobs WHERE state = 'succeeded' AND substr(name, 1, length(?1)) = ?1
                    """, arguments: [name])
        }
        let family = names.filter { Stamp.isStamped($0, from: name) }
        return try family.compactMap { try latestSuccess(named: $0) }
            .max { ($0.finishedAt ?? .distantPast) < ($1.finishedAt ?? .distantPast) }
    }

    private func latestSuccess(named name: String) throws -> JobRecord? {
        try read("read the last success of \(name)") { database in
            let sql = "SELECT * FROM jobs WHERE state = 'succeeded' AND name = ? ORDER BY finished_at DESC LIMIT 1"
            return try Row.fetchOne(database, sql: sql, arguments: [name]).map(JobRecord.init)
        }
    }
}
