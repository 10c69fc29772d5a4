import Foundation
import Glibc
import OperatingSystem

/// The process of one attempt, started by `ProcessExecutor`: takes its order from standard input and tells what it does
/// on standard output.
package enum JobProcess {
    /// Does the work and returns when the worker has heard of its end. Where the worker dies first, this process kills
    /// itself and its group: what nobody can account for is not done.
    ///
    /// - Parameter configureThreads: told how many threads to compute with, before any of the work.
    package static func run(configureThreads: (Int) -> Void) throws {
        signal(SIGPIPE, SIG_IGN)
        MemoryKiller.preferThisProcess()
        let reports = try ReportWriter()
        let signals = try StopSignals()
        let commands = CommandReader()
        guard let message: JobMessage = commands.next(), case .order(let order) = message else { return }
        // While there is one thread, and before a byte is read that others wrote.
        let sandbox = JobSandbox(order)
        configureThreads(order.threads)
        let link = WorkerLink(commands: commands, reports: reports, heartbeat: order.heartbeat)
        link.start()
        let bell = Bell()
        // Deep graphs of layers recurse; 64 MiB are reserved, not used.
        WorkerThread.start(name: "job", stackSize: 64 << 20) {
            if let shortcoming = sandbox.confinement.shortcoming { reports.send(.log(shortcoming)) }
            let result = PipelineRunner(order, confinement: sandbox.confinement.provenance).result(
                shouldStop: { link.isStopRequested || signals.received }, mayPublish: link.mayPublish,
                report: reports.send)
            link.end(sandbox.judged(PipelineRunner.outcome(of: result)))
            bell.finish()
        }
        bell.waitUntilFinished()
        link.waitUntilHeard()
    }
}
