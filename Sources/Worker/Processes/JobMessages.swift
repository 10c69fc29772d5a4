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
