import JobReports
import OperatingSystem

/// Runs jobs. The worker knows nothing of what a manifest says; the pipeline knows nothing of queues.
package protocol JobRunner: Sendable {
    /// A reader of what others wrote: the watch loop has one, and the schedule.
    func makeIntakeReader(for purpose: String) -> any IntakeReader

    /// Runs one attempt to its end: long and synchronous, on a thread of its own.
    func run(_ request: JobRequest, control: JobControl, listener: any JobListener) -> JobOutcome
}

/// Who hears of a running job, in order, from the runner's thread.
package protocol JobListener: Sendable {
    /// Called before the process gets any work; false where it may have none.
    func processStarted(_ process: ProcessIdentity) -> Bool
    /// Whether the attempt still owns the job and may publish.
    func mayPublish() -> Bool
    /// Takes what the job tells; `.mayPublish` and `.ended` are not among it.
    func take(_ report: JobReport)
}
