import Foundation
import JobReports
import OperatingSystem

/// A row of the ledger's `jobs`.
package struct JobRecord: Sendable, Equatable {
    /// `20261124T002603Z-1a2b3c4d`: time of admission and random digits.
    package let id: String
    /// The adapter's name from the manifest, or the file's name where the manifest could not be read.
    package let name: String
    /// The name under which the manifest lay in the inbox.
    package let manifestFile: String
    /// The manifest as claimed; empty where it was not readable as text, and once it is no longer kept.
    package let manifestText: String
    /// SHA-256 of the manifest's bytes, hexadecimal; empty where they were not read.
    package let manifestSHA256: String
    /// The hooks the manifest names; nil where it names none of its own, and every hook is told.
    package let notify: [String]?
    package let state: JobState
    /// How many times the job was started, this time included. Fences the writes of an older attempt.
    package let attempt: Int
    /// How many of the starts ended in the worker's death.
    package let crashes: Int
    package let cancelRequested: Bool
    package let submittedAt: Date
    /// Start of the latest attempt.
    package let startedAt: Date?
    package let finishedAt: Date?
    /// Why it failed or was rejected: one line a mistake.
    package let reason: String?
    /// The published run, or the folder of a rejected manifest.
    package let runFolder: String?
    package let summary: JobSummary?
    /// The worker of the latest attempt.
    package let worker: ProcessIdentity?
    /// What works on the running attempt.
    package let execution: Execution?
    /// When that last gave a sign of life.
    package let heartbeatAt: Date?
    /// What it had in use then, in bytes.
    package let memoryBytes: Int?
    /// Jobs of a higher priority are started first.
    package let priority: Int
    /// Retries made after faults that may pass.
    package let retries: Int
    /// A waiting job is not started before this time.
    package let notBefore: Date?
    /// The user whose file the manifest was; nil in rows of an older lorad.
    package let owner: UInt32?
    /// Whether a process of somebody's own works on it (`lorad run`): no worker takes it.
    package let isForeground: Bool
    /// The manifest's `stamp`, which tells the nights of a name apart.
    package let stamp: String?
    /// What the manifest wants of the registry; nil where it wants nothing, and in rows of an older lorad.
    package let wishes: RegistryWishes?

    package init(
        id: String, name: String, manifestFile: String = "", manifestText: String = "", manifestSHA256: String = "",
        notify: [String]? = nil, state: JobState, attempt: Int = 0, crashes: Int = 0, cancelRequested: Bool = false,
        submittedAt: Date, startedAt: Date? = nil, finishedAt: Date? = nil, reason: String? = nil,
        runFolder: String? = nil, summary: JobSummary? = nil, worker: ProcessIdentity? = nil,
        execution: Execution? = nil, heartbeatAt: Date? = nil, memoryBytes: Int? = nil, priority: Int = 0,
        retries: Int = 0, notBefore: Date? = nil, owner: UInt32? = nil,
        isForeground: Bool = false, stamp: String? = nil, wishes: RegistryWishes? = nil
    ) {
        self.id = id
        self.name = name
        self.manifestFile = manifestFile
        self.manifestText = manifestText
        self.manifestSHA256 = manifestSHA256
        self.notify = notify
        self.state = state
        self.attempt = attempt
        self.crashes = crashes
        self.cancelRequested = cancelRequested
        self.submittedAt = submittedAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.reason = reason
        self.runFolder = runFolder
        self.summary = summary
        self.worker = worker
        self.execution = execution
        self.heartbeatAt = heartbeatAt
        self.memoryBytes = memoryBytes
        self.priority = priority
        self.retries = retries
        self.notBefore = notBefore
        self.owner = owner
        self.isForeground = isForeground
        self.stamp = stamp
        self.wishes = wishes
    }
}
