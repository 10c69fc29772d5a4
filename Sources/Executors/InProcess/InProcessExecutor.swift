import Common
import Foundation
import JobReports
import Manifests
import OperatingSystem
import Pipeline
import Synchronization

/// Works on attempts in this process, each on a thread of its own. A crash takes all of them down, and nothing confines
/// them: for a job that somebody runs by hand.
package final class InProcessExecutor: Executor {
    package static let descriptor = ExecutorDescriptor(name: "in-process") { _, _ in InProcessExecutor() }

    /// One attempt.
    private final class Attempt: Sendable {
        let order: JobOrder
        let reports = ReportStream()
        let isStopped = Atomic<Bool>(false)
        let hasBegun = Atomic<Bool>(false)
        let permission = Mutex<Bool?>(nil)
        let answered = DispatchSemaphore(value: 0)
        let result = Mutex<Result<JobResult, any Error>?>(nil)
        let hasEnded = Atomic<Bool>(false)

        init(_ order: JobOrder) { self.order = order }

        func end(_ outcome: JobOutcome) {
            hasEnded.store(true, ordering: .sequentiallyConsistent)
            reports.put(.ended(outcome.bounded))
        }

        func mayPublish() -> Bool {
            reports.put(.mayPublish)
            answered.wait()
            return permission.withLock { $0 ?? false }
        }
    }

    private let attempts = Mutex<[String: Attempt]>([:])
    private let shouldStop: @Sendable () -> Bool

    /// - Parameter shouldStop: asked too whether to end an attempt with its checkpoint written, such as for a signal.
    package init(shouldStop: @escaping @Sendable () -> Bool = { false }) { self.shouldStop = shouldStop }

    package var name: String { Self.descriptor.name }

    package func start(_ order: JobOrder) throws -> Execution {
        let handle = UUID().uuidString
        attempts.withLock { $0[handle] = Attempt(order) }
        return Execution(executor: name, process: try ProcessIdentity.current(), handle: handle)
    }

    package func reports(of execution: Execution) -> ReportStream {
        if let attempt = attempt(execution) { return attempt.reports }
        let none = ReportStream()
        none.put(.ended(.interrupted))
        return none
    }

    package func send(_ command: JobCommand, to execution: Execution) {
        guard let attempt = attempt(execution) else { return }
        switch command {
        case .run: run(attempt)
        case .stop: attempt.isStopped.store(true, ordering: .relaxed)
        case .publish(let allowed):
            attempt.permission.withLock { $0 = allowed }
            attempt.answered.signal()
        case .abandon:
            attempt.isStopped.store(true, ordering: .relaxed)
            // One that never ran has nothing to end.
            if begins(attempt) { attempt.end(.interrupted) }
        }
    }

    /// An execution of another process is as alive as that process; of this one, as its thread.
    package func liveness(of execution: Execution) -> Liveness {
        guard execution.executor == name, let process = execution.process else { return .unknown }
        guard (try? ProcessIdentity.current()) == process else { return process.liveness }
        guard let attempt = attempt(execution) else { return .dead }
        return attempt.hasEnded.load(ordering: .sequentiallyConsistent) ? .dead : .alive
    }

    /// What a run in this process came to: all of its report, or the very error that ended it. Nil before its end.
    package func result(of execution: Execution) -> Result<JobResult, any Error>? {
        attempt(execution)?.result.withLock { $0 }
    }

    private func attempt(_ execution: Execution) -> Attempt? {
        execution.handle.flatMap { handle in attempts.withLock { $0[handle] } }
    }

    /// True the first time.
    private func begins(_ attempt: Attempt) -> Bool {
        !attempt.hasBegun.exchange(true, ordering: .sequentiallyConsistent)
    }

    private func run(_ attempt: Attempt) {
        guard begins(attempt) else { return }
        // Deep graphs of layers recurse; 64 MiB are reserved, not used.
        WorkerThread.start(name: "job", stackSize: 64 << 20) { [shouldStop] in
            let order = attempt.order
            let runner = PipelineRunner(order)
            let result = runner.result(
                shouldStop: { attempt.isStopped.load(ordering: .relaxed) || shouldStop() },
                mayPublish: attempt.mayPublish, report: attempt.reports.put)
            attempt.result.withLock { $0 = result }
            attempt.end(PipelineRunner.outcome(of: result))
        }
    }
}
