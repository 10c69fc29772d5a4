import Common
import Executors
import Foundation
import JobReports
import OperatingSystem
import Synchronization
import TestSupport

/// Takes an attempt through an executor as the worker does, and remembers what it told.
final class RecordedAttempt: Sendable {
    private let told = Mutex<[JobReport]>([])
    private let started = Mutex<Execution?>(nil)
    private let givesWork: Bool
    private let maysPublish: Bool
    private let stopsAtOnce: Bool
    private let react: @Sendable (JobReport) -> JobCommand?

    /// - Parameters:
    ///   - givesWork: false as where the ledger could not record the execution.
    ///   - mayPublish: the answer when it asks.
    ///   - stopsAtOnce: asks it to stop right after its order.
    ///   - react: what to command on a report.
    init(
        givesWork: Bool = true, mayPublish: Bool = true, stopsAtOnce: Bool = false,
        react: @escaping @Sendable (JobReport) -> JobCommand? = { _ in nil }
    ) {
        self.givesWork = givesWork
        maysPublish = mayPublish
        self.stopsAtOnce = stopsAtOnce
        self.react = react
    }

    /// A copy: the array itself may not leave its lock.
    var reports: [JobReport] { told.withLock { told in told.map { $0 } } }
    var execution: Execution? { started.withLock { $0 } }
    var process: ProcessIdentity? { execution?.process }

    /// The reports, one line each; those that a stage moves are left out.
    var all: [String] {
        reports.compactMap { report in
            switch report {
            case .stageStarted(let stage, _): "\(stage) started"
            case .stageEnded(let stage, _): "\(stage) ended"
            case .log(let line): line
            case .progress(let progress):
                "step \(progress.done) of \(progress.total), loss \(progress.loss ?? -1)"
            case .heartbeat: "heartbeat"
            case .mayPublish: "may publish"
            case .moved, .ended: nil
            }
        }
    }

    /// On a thread of its own, as the worker does it.
    func run(_ order: JobOrder, by executor: any Executor) async -> JobOutcome {
        await onThread { self.drive(order, by: executor) }
    }

    private func drive(_ order: JobOrder, by executor: any Executor) -> JobOutcome {
        let execution: Execution
        do { execution = try executor.start(order) } catch {
            return .faulted(reason: (error as? any Fault)?.message ?? "\(error)")
        }
        started.withLock { $0 = execution }
        executor.send(givesWork ? .run : .abandon, to: execution)
        if stopsAtOnce { executor.send(.stop, to: execution) }
        return executor.reports(of: execution).outcome { report in
            told.withLock { $0.append(report) }
            if report == .mayPublish { executor.send(.publish(maysPublish), to: execution) }
            if let command = react(report) { executor.send(command, to: execution) }
        }
    }
}
