import Foundation
import Glibc
import Manifests
import Pipeline

/// What the worker tells a job process: one JSON document a line, on the process's standard input. Its end means that
/// the worker is gone.
enum JobCommand: Codable, Sendable, Equatable {
    /// First, and once the ledger has the process's identity: the work.
    case run(JobOrder)
    /// Write the checkpoint and end.
    case stop
    /// The answer to `.mayPublish`.
    case publish(Bool)
}

/// What a job process tells the worker: one JSON document a line, on its standard output.
package enum JobReport: Codable, Sendable, Equatable {
    case stageStarted(name: String, detail: String?)
    case stageEnded(name: String, detail: String?)
    case progress(step: Int, total: Int, loss: Double, tokensPerSecond: Double, secondsLeft: Double)
    /// How many pieces of work are done, however small; see `JobEvents.moved`.
    case moved(Int)
    case log(String)
    /// A sign of life from a thread that does no compute.
    case heartbeat
    /// Asks, as the last thing before the run appears in the outbox, whether the attempt still owns the job.
    case mayPublish
    /// Last. The process then waits for the end of its standard input, so that this line is never lost with it.
    case ended(JobOutcome)
}
