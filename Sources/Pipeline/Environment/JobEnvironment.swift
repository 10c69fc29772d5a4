import Foundation
import JobReports
import Manifests
import ModelFiles
import Publication
import Reports

/// Where a job runs and who hears of it.
package struct JobEnvironment {
    /// Published runs go here.
    package var outbox: String
    /// Kept over attempts of the same job: checkpoint and scratch files.
    package var workFolder: String
    /// The state of training that an interrupted attempt leaves.
    package var checkpoint: String { Self.checkpoint(in: workFolder) }
    /// The same of any work folder.
    package static func checkpoint(in workFolder: String) -> String { workFolder + "/checkpoint.safetensors" }
    /// Remembers hashes from job to job.
    package var hashCache: HashCache
    /// Has the tokenized rows of earlier jobs, and takes this one's.
    package var rowCache: RowCache
    /// Has the scores of earlier jobs, and takes this one's; nil where none are kept.
    package var scoreCache: ScoreCache?
    /// Which files the job may read as base and rows; nil: any.
    package var policy: PathPolicy?
    /// The same, for whoever opens them.
    var rule: ReadingRule { policy.map(ReadingRule.init) ?? .anything }
    /// 1 for the first.
    package var attempt: Int
    /// What keeps the process that the job runs in to its own files; nil where nothing was asked to, as by `lorad run`.
    package var confinement: ConfinementProvenance?
    /// Asked between steps; true ends the job with its checkpoint written.
    package var shouldStop: () -> Bool
    /// Told what the job does.
    package var reporter: JobReporter
    /// What the job may take of the machine.
    package var limits: JobLimits
    /// Where `PublicationJournal` lies; nil for a job that no ledger knows.
    package var journal: String?
    /// What the journal is to tell of a run.
    package var note: (RunReport) -> PublicationNote?
    /// The folder of the last succeeded run of the job's name, which the report is to be held against; nil for none.
    package var previousRun: String?
    /// Where the registry led when the job began.
    package var references: JobReferences
    /// SHA-256 of this program; nil where it is not known.
    package var binarySHA256: String?
    /// Asked last before the run appears in the outbox; throws where another attempt owns the job by now.
    package var requirePermission: () throws -> Void

    package init(
        outbox: String, workFolder: String, hashCache: HashCache, rowCache: RowCache? = nil, policy: PathPolicy?,
        attempt: Int = 1,
        confinement: ConfinementProvenance? = nil,
        shouldStop: @escaping () -> Bool = { false }, reporter: JobReporter, limits: JobLimits = JobLimits(),
        journal: String? = nil, previousRun: String? = nil, references: JobReferences = JobReferences(),
        binarySHA256: String? = nil,
        note: @escaping (RunReport) -> PublicationNote? = { _ in nil },
        requirePermission: @escaping () throws -> Void = {}
    ) {
        self.outbox = outbox
        self.workFolder = workFolder
        self.hashCache = hashCache
        self.rowCache = rowCache ?? RowCache(made: RowCache.made(in: workFolder), kept: nil)
        self.policy = policy
        self.attempt = attempt
        self.confinement = confinement
        self.shouldStop = shouldStop
        self.reporter = reporter
        self.limits = limits
        self.journal = journal
        self.note = note
        self.previousRun = previousRun
        self.references = references
        self.binarySHA256 = binarySHA256
        self.requirePermission = requirePermission
    }
}

/// How a job that ran ended.
package struct JobResult: Sendable {
    package let status: RunStatus
    package let runFolder: String
    package let report: RunReport
}

extension JobEnvironment {
    /// - Throws: `PipelineError.interrupted` where the job was asked to stop.
    func checkStop(before stage: Stage) throws {
        if shouldStop() { throw PipelineError(.interrupted, "The job was stopped before stage \(stage).") }
    }
}
