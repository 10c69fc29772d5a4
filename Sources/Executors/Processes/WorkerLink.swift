import Foundation
import Glibc
import JobReports
import OperatingSystem
import Synchronization

/// The two threads that do no compute: one listens to the worker, the other gives signs of life.
final class WorkerLink: Sendable {
    private struct State {
        var answer: Bool?
        var hasEnded = false
    }

    private let isAsked = Atomic<Bool>(false)
    private let commands: CommandReader
    private let reports: ReportWriter
    private let heartbeat: Double
    private let state = Mutex(State())
    private let answered = DispatchSemaphore(value: 0)
    private let heard = Bell()

    init(commands: CommandReader, reports: ReportWriter, heartbeat: Double) {
        self.commands = commands
        self.reports = reports
        self.heartbeat = heartbeat
    }

    /// Whether the worker asked to write the checkpoint and end.
    var isStopRequested: Bool { isAsked.load(ordering: .relaxed) }

    func start() {
        WorkerThread.start(name: "commands", stackSize: 1 << 20) { [self] in listen() }
        WorkerThread.start(name: "heartbeat", stackSize: 1 << 20) { [self] in
            while !heard.isStopped {
                reports.send(.heartbeat(memory: nil))
                heard.pause(seconds: heartbeat)
            }
        }
    }

    /// Asks whether this attempt may publish; waits for the answer.
    func mayPublish() -> Bool {
        reports.send(.mayPublish)
        answered.wait()
        return state.withLock { $0.answer ?? false }
    }

    func end(_ outcome: JobOutcome) {
        state.withLock { $0.hasEnded = true }
        reports.send(.ended(outcome))
    }

    func waitUntilHeard() {
        heard.waitUntilFinished()
    }

    private func listen() {
        while let message: JobMessage = commands.next() {
            switch message {
            case .order: break
            case .stop: isAsked.store(true, ordering: .relaxed)
            case .publish(let allowed):
                state.withLock { $0.answer = allowed }
                answered.signal()
            }
        }
        guard state.withLock({ $0.hasEnded }) else {
            // The group is this process's own; a debugger's or a shell's child is in no group of its own.
            if getpgrp() == getpid() { kill(0, SIGKILL) }
            _exit(137)
        }
        heard.stop()
        heard.finish()
    }
}
