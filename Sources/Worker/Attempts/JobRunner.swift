import OperatingSystem

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
