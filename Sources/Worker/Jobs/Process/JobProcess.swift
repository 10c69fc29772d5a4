import Foundation
import Glibc
import Synchronization

/// The process of one attempt, started by `ProcessRunner`: takes its order from standard input and tells what it does
/// on standard output.
package enum JobProcess {
    /// Does the work and returns when the worker has heard of its end. Where the worker dies first, this process kills
    /// itself and its group: what nobody can account for is not done.
    ///
    /// - Parameter configureThreads: told how many threads to compute with, before any of the work.
    package static func run(configureThreads: (Int) -> Void) throws {
        signal(SIGPIPE, SIG_IGN)
        preferDeath()
        let reports = try ReportWriter()
        let signals = try StopSignals()
        let commands = CommandReader()
        guard case .run(let order) = commands.next() else { return }
        configureThreads(order.threads)
        let link = WorkerLink(commands: commands, reports: reports, heartbeat: order.heartbeat)
        link.start()
        let events = RemoteEvents(reports: reports, link: link)
        let bell = Bell()
        // Deep graphs of layers recurse; 64 MiB are reserved, not used.
        WorkerThread.start(name: "job", stackSize: 64 << 20) {
            let outcome = PipelineRunner(order.configuration).run(
                order.request, control: link.control, events: events, shouldStop: { signals.received })
            link.end(outcome)
            bell.finish()
        }
        bell.waitUntilFinished()
        link.waitUntilHeard()
    }

    /// The kernel's memory killer shall take the job before the worker. See proc(5), `oom_score_adj`.
    private static func preferDeath() {
        try? Data("500\n".utf8).write(to: URL(fileURLWithPath: "/proc/self/oom_score_adj"))
    }
}

/// Reads commands, one a line, on one thread at a time.
private final class CommandReader: @unchecked Sendable {
    private var buffer: [UInt8] = []

    /// The next command; nil at the end of the input, which comes when the worker dies.
    func next() -> JobCommand? {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return try? MessageLine.read(line, of: "of this process")
            }
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            buffer += chunk[..<count]
        }
    }
}

/// Writes reports, one a line, from any thread.
final class ReportWriter: Sendable {
    private let file: Mutex<FileHandle>

    /// Takes standard output for itself: what else is printed goes to standard error.
    init() throws {
        let descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        guard descriptor >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
            throw WorkerError(.configuration, "The job process has no standard output.", cause: FileSystem.reason())
        }
        file = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
    }

    /// A worker that does not read any more is dead; the end of standard input tells that.
    func send(_ report: JobReport) {
        guard let line = try? MessageLine.text(report) else { return }
        file.withLock { try? $0.write(contentsOf: Data((line + "\n").utf8)) }
    }
}

/// The two threads that do no compute: one listens to the worker, the other gives signs of life.
private final class WorkerLink: Sendable {
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
        while let command = commands.next() {
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
private struct RemoteEvents: JobEvents {
    /// Seconds between two reports of progress: a small model makes a thousand steps in one.
    private static let progressEvery = 0.2

    let reports: ReportWriter
    let link: WorkerLink
    private let lastProgress = SharedTime()

    init(reports: ReportWriter, link: WorkerLink) {
        self.reports = reports
        self.link = link
    }

    func processStarted(_ process: ProcessIdentity) -> Bool { true }
    func heartbeat(memory: Int?) {}
    func stageStarted(_ name: String, detail: String?) { reports.send(.stageStarted(name: name, detail: detail)) }
    func stageEnded(_ name: String, detail: String?) { reports.send(.stageEnded(name: name, detail: detail)) }
    func log(_ line: String) { reports.send(.log(line)) }
    func mayPublish() -> Bool { link.mayPublish() }

    func progress(step: Int, of total: Int, loss: Double, tokensPerSecond: Double, secondsLeft: Double) {
        guard step == total || lastProgress.isDue(every: Self.progressEvery) else { return }
        reports.send(
            .progress(
                step: step, total: total, loss: loss, tokensPerSecond: tokensPerSecond, secondsLeft: secondsLeft))
    }
}

/// When something was last done.
private final class SharedTime: Sendable {
    private let time = Mutex(-Double.infinity)

    /// True where it is time to do it again, which then counts as done.
    func isDue(every seconds: Double) -> Bool {
        let now = ProcessInfo.processInfo.systemUptime
        return time.withLock { time in
            guard now - time >= seconds else { return false }
            time = now
            return true
        }
    }
}
