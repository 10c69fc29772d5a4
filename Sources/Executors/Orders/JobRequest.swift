import Foundation
import Manifests
import Pipeline

/// One attempt at one job.
package struct JobRequest: Sendable, Codable, Equatable {
    package let id: String
    /// The adapter's name, as it was when the manifest was admitted: the folder of the outbox that the job may write to.
    package let name: String
    /// The claimed manifest, under the file name its sender gave it (for `file:line:column`).
    package let manifestPath: String
    /// Its text as admitted. This is what is run, whatever happens to the file.
    package let manifestText: String
    /// `.lorad/jobs/ID`: kept over attempts; checkpoints go here.
    package let workFolder: String
    /// 1 for the first.
    package let attempt: Int
    /// What lorad.yaml allows the owner of the manifest's file; nil where it has no rule for them.
    package let rule: OwnerRule?
    /// Whether somebody runs it by hand: hashes go to the cache of all jobs at once, and messages call the manifest by the
    /// path that was given.
    package let isForeground: Bool
    /// Where the registry led when the job began.
    package let references: JobReferences

    package init(
        id: String, name: String, manifestPath: String, manifestText: String, workFolder: String, attempt: Int,
        rule: OwnerRule? = nil, isForeground: Bool = false, references: JobReferences = JobReferences()
    ) {
        self.id = id
        self.name = name
        self.manifestPath = manifestPath
        self.manifestText = manifestText
        self.workFolder = workFolder
        self.attempt = attempt
        self.rule = rule
        self.isForeground = isForeground
        self.references = references
    }
}

extension JobRequest {
    /// What an attempt leaves just before it publishes.
    var journal: String { workFolder + "/" + Self.journal }
    /// Hashes that an attempt hands over, for the worker to remember.
    package var hashAdditions: String { workFolder + "/" + Self.hashes }

    /// Tokenized rows that an attempt hands over, for jobs of the same name.
    package var madeRows: String { RowCache.made(in: workFolder) }
    /// The same of scores.
    package var madeScores: String { ScoreCache.made(in: workFolder) }

    /// Names of journal and hashes in a work folder.
    package static let journal = "publication.json"
    package static let hashes = "hashes.json"

    /// Its manifest as admitted, checked. `configuration` says where pipelines lie and what may be read.
    ///
    /// - Throws: as `ManifestReading.document(_:path:_:knowsHooks:)`.
    func document(_ configuration: WorkerConfiguration) throws -> ManifestDocument {
        // By the name its sender knows: where it lies while it runs is nobody's business, and soon untrue.
        let file = isForeground ? manifestPath : URL(fileURLWithPath: manifestPath).lastPathComponent
        // Which hooks there are was asked when it was admitted; one that is gone since is no reason not to train.
        return try ManifestReading.document(manifestText, path: file, configuration, knowsHooks: false)
    }
}
