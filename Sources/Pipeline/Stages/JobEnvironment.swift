import Foundation

/// Where a job runs and who hears of it.
package struct JobEnvironment {
    /// Published runs go here.
    package var outbox: String
    /// Kept over attempts of the same job: checkpoint and scratch files.
    package var workFolder: String
    /// The state of training that an interrupted attempt leaves.
    package var checkpoint: String { workFolder + "/checkpoint.safetensors" }
    /// The hash cache's file.
    package var hashCache: String
    /// 1 for the first.
    package var attempt: Int
    /// Asked between steps; true ends the job with its checkpoint written.
    package var shouldStop: () -> Bool
    package var events: any PipelineEvents
    /// What the job may take of the machine.
    package var limits: JobLimits
    /// Where `PublicationJournal` lies; nil for a job that is run once, in the foreground.
    package var journal: String?
    /// What the journal is to tell of a run.
    package var note: (RunReport) -> PublicationNote?
    /// Asked last before the run appears in the outbox; throws where another attempt owns the job by now.
    package var requirePermission: () throws -> Void

    package init(
        outbox: String, workFolder: String, hashCache: String, attempt: Int = 1,
        shouldStop: @escaping () -> Bool = { false }, events: any PipelineEvents, limits: JobLimits = JobLimits(),
        journal: String? = nil, note: @escaping (RunReport) -> PublicationNote? = { _ in nil },
        requirePermission: @escaping () throws -> Void = {}
    ) {
        self.outbox = outbox
        self.workFolder = workFolder
        self.hashCache = hashCache
        self.attempt = attempt
        self.shouldStop = shouldStop
        self.events = events
        self.limits = limits
        self.journal = journal
        self.note = note
        self.requirePermission = requirePermission
    }
}

/// The stages of a job, in order.
package enum Stage: String, CaseIterable, Sendable {
    case base, data, train, adapter, slices, parity, publish
}

/// What a running job tells, in order.
package protocol PipelineEvents {
    func stageStarted(_ stage: Stage, detail: String?)
    func stageEnded(_ stage: Stage, detail: String?)
    /// `total` counts what the stage counts: steps while training, rows while scoring.
    func progress(_ progress: StageProgress)
    func log(_ line: String)
}

/// How far a stage is.
package struct StageProgress: Sendable {
    package let stage: Stage
    package let done: Int
    package let total: Int
    /// Of the last training step, in nats.
    package var loss: Double?
    package var tokensPerSecond: Double?
    package var secondsLeft: Double?
}

/// How a job that ran ended.
package struct JobResult: Sendable {
    package let status: RunStatus
    package let runFolder: String
    package let report: RunReport
}
