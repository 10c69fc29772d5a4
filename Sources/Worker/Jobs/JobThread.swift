import Common
import Foundation
import Ledger
import OperatingSystem
import Synchronization

/// A thread that sees one job after the other through. It computes nothing itself where jobs have their own processes.
final class JobThread: Sendable {
    private struct State {
        var isBusy = false
        var running: (job: String, control: JobControl)?
        var fault: (any Error)?
        var ended: [JobRecord] = []
    }

    private let name: String
    private let queue: JobQueue
    private let log: @Sendable (String) -> Void
    private let bell = Bell()
    private let state = Mutex(State())
    private let onChange: @Sendable () -> Void
    private let troubles: Troubles

    /// `onChange` is called from the job thread after a job was taken or has ended.
    init(
        name: String, queue: JobQueue, troubles: Troubles, log: @escaping @Sendable (String) -> Void,
        onChange: @escaping @Sendable () -> Void
    ) {
        self.name = name
        self.troubles = troubles
        self.queue = queue
        self.log = log
        self.onChange = onChange
    }

    func start() {
        WorkerThread.start(name: name, stackSize: 4 << 20) { [self] in
            while !bell.isStopped, step() {}
            onChange()
            bell.finish()
        }
    }

    /// Tells that a job may wait.
    func wake() { bell.ring() }

    /// False only where no job runs and none is being taken.
    var isBusy: Bool { state.withLock { $0.isBusy } }

    /// The job under way.
    var runningJob: String? { state.withLock { $0.running?.job } }

    /// What ended the thread before its time.
    var fault: (any Error)? { state.withLock { $0.fault } }

    /// The jobs whose attempts ended since the last call.
    func takeEnded() -> [JobRecord] {
        state.withLock { state in
            defer { state.ended = [] }
            return state.ended
        }
    }

    /// Asks the running job, where it is still this one, to stop.
    func cancel(_ job: String) {
        state.withLock { if $0.running?.job == job { $0.running?.control.request(.cancel) } }
    }

    /// Asks the running job to checkpoint, and takes no other.
    func requestStop() {
        bell.stop()
        state.withLock { $0.running?.control.request(.stop) }
    }

    func waitUntilFinished() { bell.waitUntilFinished() }

    /// Runs one job, or waits for one; false after a fault.
    private func step() -> Bool {
        // From before a job is taken: with an empty queue and no busy thread, there is no job between the two.
        state.withLock { $0.isBusy = true }
        do {
            let next = try queue.takeNext()
            troubles.clear(name)
            guard let job = next else {
                state.withLock { $0.isBusy = false }
                // Other processes queue jobs too (`lorad retry`) and cannot ring.
                bell.wait(seconds: 1)
                return true
            }
            let control = JobControl()
            state.withLock { $0.running = (job.id, control) }
            // A stop that came while the job was being taken found no control to ask.
            if bell.isStopped { control.request(.stop) }
            onChange()
            let ended = try queue.run(job, control: control) { bell.isStopped }
            state.withLock {
                $0.running = nil
                $0.ended.append(ended)
                $0.isBusy = false
            }
        } catch {
            return hold(error)
        }
        onChange()
        return true
    }

    /// Waits where what went wrong may pass; ends the thread, and with it the worker, where it may not.
    private func hold(_ error: any Error) -> Bool {
        let passes = (error as? any Fault)?.mayPass == true && !bell.isStopped
        state.withLock { state in
            state.running = nil
            state.isBusy = false
            if !passes { state.fault = error }
        }
        guard passes else { return false }
        if troubles.isNew(error, for: name) {
            log("jobs: \(ErrorLines.of(error).joined(separator: " ")) It is tried again.")
        }
        bell.pause(seconds: 5)
        return true
    }
}
