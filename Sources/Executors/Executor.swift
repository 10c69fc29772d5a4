import Foundation
import JobReports
import OperatingSystem

/// Where attempts at jobs are worked on: a process of their own, this process, or another machine.
///
/// An attempt is started first and ordered to run afterwards, so that whoever keeps the ledger can write down what works
/// on it in between: what the ledger does not name has done nothing. It tells what it does in `JobReport`s, and ends once.
///
/// Reports are waited for by a plain thread of the worker's, one for each job that runs, and not in an
/// `AsyncThrowingStream`: what is done with a report flushes files to disk, and would hold up the few threads that tasks
/// share. An attempt that goes wrong ends with an outcome that says so; the stream itself throws nothing.
package protocol Executor: Sendable {
    /// What ledgers call it, for all time.
    var name: String { get }

    /// Makes an attempt ready. Nothing of its job is read or written before `.run` is sent to it.
    ///
    /// It waits until the attempt is there, and so does `reports`: from a plain thread, not from one that tasks share.
    ///
    /// - Throws: a `Fault` where nothing could be started; nothing is left of it then.
    func start(_ order: JobOrder) throws -> Execution

    /// What the attempt tells, in order. `.ended` comes last, and always, also where it died or never ran. For one reader.
    func reports(of execution: Execution) -> ReportStream

    /// Tells the attempt something. One that has ended takes no command.
    func send(_ command: JobCommand, to execution: Execution)

    /// Whether the attempt may still do anything. Of an execution that an earlier worker started too, which only its
    /// executor knows how to find; `.unknown` where nothing is proved.
    func liveness(of execution: Execution) -> Liveness
}

/// What an attempt is told.
package enum JobCommand: Sendable, Equatable {
    /// The ledger names it: begin.
    case run
    /// Write the checkpoint and end.
    case stop
    /// The answer to `.mayPublish`.
    case publish(Bool)
    /// End at once, whatever is lost.
    case abandon
}

extension Executor {
    /// Ends an attempt and waits until it is proved dead; false where it is not after `seconds`.
    package func end(_ execution: Execution, within seconds: Double) -> Bool {
        let limit = ProcessInfo.processInfo.systemUptime + seconds
        while liveness(of: execution) != .dead {
            send(.abandon, to: execution)
            if ProcessInfo.processInfo.systemUptime > limit { return false }
            Thread.sleep(forTimeInterval: 0.01)
        }
        return true
    }
}
