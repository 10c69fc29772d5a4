import Manifests

/// One attempt at one job, as handed to the runner.
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

    package init(
        id: String, name: String, manifestPath: String, manifestText: String, workFolder: String, attempt: Int,
        rule: OwnerRule? = nil
    ) {
        self.id = id
        self.name = name
        self.manifestPath = manifestPath
        self.manifestText = manifestText
        self.workFolder = workFolder
        self.attempt = attempt
        self.rule = rule
    }
}

/// What came of an attempt.
package enum JobOutcome: Sendable, Codable, Equatable {
    /// Published to `runFolder`.
    case succeeded(runFolder: String, summary: JobSummary)
    /// Ran and failed (a gate, parity, NaN), or could not go on.
    case failed(reason: String, runFolder: String?, summary: JobSummary?)
    /// The manifest cannot be run: one line a mistake, `file:line:column: message` where it has a place.
    case rejected(diagnostics: [String])
    /// Cut off by what may pass: a full disk, a process that was killed. Worth another attempt later.
    case faulted(reason: String)
    /// Cut off by a crash of the process's own. Worth another attempt later, and no third one that ends the same way.
    case crashed(reason: String)
    /// Stopped because `JobControl` asked, its checkpoint written.
    case interrupted
}

/// What a first look at a manifest came to, before it is queued.
package enum ManifestVerdict: Sendable, Codable, Equatable {
    /// `name` is the adapter's; `notify` names hooks, nil for all of them; `inputs` are the files and folders that the
    /// job will read.
    case accepted(name: String, notify: [String]?, priority: Int = 0, inputs: [String] = [])
    /// One line a mistake.
    case rejected(diagnostics: [String])
}

/// Runs jobs. The worker knows nothing of what a manifest says; the pipeline knows nothing of queues.
package protocol JobRunner: Sendable {
    /// A reader of what others wrote: the watch loop has one, and the schedule.
    func makeIntakeReader(for purpose: String) -> any IntakeReader

    /// Runs one attempt to its end: long and synchronous, on a thread of its own.
    func run(_ request: JobRequest, control: JobControl, events: any JobEvents) -> JobOutcome
}

/// What a running job tells, in order, from the runner's thread.
package protocol JobEvents: Sendable {
    /// Called before the process gets any work; false where it may have none.
    func processStarted(_ process: ProcessIdentity) -> Bool
    /// A sign of life, with the bytes of memory in use.
    func heartbeat(memory: Int?)
    /// Whether the attempt still owns the job and may publish.
    func mayPublish() -> Bool
    /// Called before the stage does anything.
    func stageStarted(_ name: String, detail: String?)
    /// Called after the stage's results are on disk.
    func stageEnded(_ name: String, detail: String?)
    /// `secondsLeft` is an estimate.
    func progress(step: Int, of total: Int, loss: Double, tokensPerSecond: Double, secondsLeft: Double)
    /// Called whenever a piece of work is done, however small: a row scored, a batch computed.
    func moved()
    /// One line for the job's log.
    func log(_ line: String)
}

extension JobEvents {
    package func moved() {}
}
