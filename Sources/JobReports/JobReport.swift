/// What a running job tells, in order: the one vocabulary of the pipeline, which says it, of the executors, which carry
/// it, and of the worker, which writes it down.
package enum JobReport: Codable, Sendable, Equatable {
    /// Said before the stage does anything.
    case stageStarted(stage: Stage, detail: String?)
    /// Said after the stage's results are on disk.
    case stageEnded(stage: Stage, detail: String?)
    /// Some of a stage's countable work is done.
    case progress(StageProgress)
    /// How many pieces of work are done, however small: a batch computed, a piece of a base hashed.
    case moved(Int)
    /// One line for the job's log.
    case log(String)
    /// A sign of life, from a thread that does no compute, with the bytes of memory in use where they are known.
    case heartbeat(memory: Int?)
    /// Asks, as the last thing before the run appears in the outbox, whether the attempt still owns the job.
    case mayPublish
    /// What came of it; nothing follows.
    case ended(JobOutcome)
}
