import Foundation
import Glibc
import OperatingSystem
import Synchronization

/// The two threads that do no compute: one listens to the worker, the other gives signs of life.
final class WorkerLink: Sendable {
    private struct State {
        var answer: Bool?
        var hasEnded = false
    }

    let control = JobControl()
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

    func start() {
        WorkerThread.start(name: "commands", stackSize: 1 << 20) { [self] in listen() }
        WorkerThread.start(name: "heartbeat", stackSize: 1 << 20) { [self] in
            while !heard.isStopped {
                reports.send(.heartbeat)
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
        while let command: JobCommand = commands.next() {
            switch command {
            case .run: break
            case .stop: control.request(.stop)
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

/// A running job's events as reports.
struct RemoteEvents: JobEvents {
    /// Seconds between two reports of progress: a small model makes a thousand steps in one.
    private static let progressEvery = 0.2
    /// The same for reports that anything moves, which nobody looks at.
    private static let movedEvery = 1.0

    let reports: ReportWriter
    let link: WorkerLink
    private let lastProgress = SharedTime()
    private let lastMove = SharedTime()
    private let moves = SharedCount()

    init(reports: ReportWriter, link: WorkerLink) {
        self.reports = reports
        self.link = link
    }

    func processStarted(_ process: ProcessIdentity) -> Bool { true }
    func heartbeat(memory: Int?) {}
    func stageStarted(_ name: String, detail: String?) { reports.send(.stageStarted(name: name, detail: detail)) }
    func stageEnded(_ name: String, detail: String?) { reports.send(.stageEnded(name: name, detail: detail)) }
    func log(_ line: String) { reports.send(.log(line)) }

    func moved() {
        let count = moves.next()
        if lastMove.isDue(every: Self.movedEvery) { reports.send(.moved(count)) }
    }

    func mayPublish() -> Bool { link.mayPublish() }

    func progress(step: Int, of total: Int, loss: Double, tokensPerSecond: Double, secondsLeft: Double) {
        guard step == total || lastProgress.isDue(every: Self.progressEvery) else { return }
        reports.send(
            .progress(
                step: step, total: total, loss: loss, tokensPerSecond: tokensPerSecond, secondsLeft: secondsLeft))
    }
}

/// Counts from any thread.
private final class SharedCount: Sendable {
    private let value = Atomic<Int>(0)

    func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}
