import Common
import Foundation
import Glibc
import JobReports
import Manifests
import OperatingSystem
import Synchronization

/// Looks after one job process while it runs, and kills it where it takes more than it may or does not stop in time. It does no work of the job's.
final class JobWatchdog: Sendable {
    /// Why the process was killed.
    enum Verdict: Sendable, Equatable {
        case memory(used: Int, limit: Int)
        case wallTime(limit: Double)
        case stageTime(stage: String, limit: Double)
        /// Nothing moved for as long.
        case stalled(stage: String, limit: Double)
        /// It was asked to stop and did not in time.
        case overdue
        /// It was to end at once.
        case abandoned
    }

    /// Seconds between two looks after which this process must have been stopped. Ten times what they are apart at rest.
    private static let longestStep = 1.0

    /// How far the job is, by what its process reports.
    private struct Position: Equatable {
        var stage = ""
        var stagesEnded = 0
        var done = 0
        var moves = 0
    }

    /// Times are seconds of `running`, that of the request to stop of `attended`.
    private struct State {
        /// While this process could look.
        var attended: AttendedTime
        /// While the job's process ran too: one that somebody stopped uses up no limit.
        var running: AttendedTime
        var position = Position()
        var stageSince = 0.0
        var movedAt = 0.0
        var askedAt: Double?
        var verdict: Verdict?

        mutating func move(_ change: (inout Position) -> Void) {
            let before = position
            change(&position)
            if position != before { movedAt = running.seconds }
        }
    }

    private let pid: Int32
    private let limits: LimitsConfiguration
    private let state: Mutex<State>

    init(pid: Int32, limits: LimitsConfiguration) {
        self.pid = pid
        self.limits = limits
        let time = AttendedTime(now: Self.now, longestStep: Self.longestStep)
        state = Mutex(State(attended: time, running: time))
    }

    private static var now: Double { ProcessInfo.processInfo.systemUptime }

    /// Nil unless the process was killed from here.
    var verdict: Verdict? { state.withLock { $0.verdict } }

    /// Takes note of what the process told.
    func heard(_ report: JobReport) {
        state.withLock { state in
            switch report {
            case .stageStarted(let stage, _):
                state.move { $0.stage = stage.rawValue }
                state.stageSince = state.running.seconds
            case .stageEnded: state.move { $0.stagesEnded += 1 }
            case .progress(let progress): state.move { $0.done = progress.done }
            case .moved(let count): state.move { $0.moves = count }
            case .log, .heartbeat, .mayPublish, .ended: break
            }
        }
    }

    /// It is asked to stop; from now on it has the stop time.
    func stopRequested() {
        state.withLock { state in
            state.attended.look(now: Self.now)
            if state.askedAt == nil { state.askedAt = state.attended.seconds }
        }
    }

    /// Kills it, for nobody wants what it does.
    func abandon() {
        state.withLock { if $0.verdict == nil { $0.verdict = .abandoned } }
        killGroup()
    }

    /// Looks once.
    func look() {
        let now = Self.now
        let used = limits.memoryMiB == nil ? nil : ProcessMemory.inUse(pid: pid)
        let isStopped = ProcessIdentity.isStopped(pid: pid)
        let verdict = state.withLock { state -> Verdict? in
            guard state.verdict == nil else { return nil }
            state.attended.look(now: now)
            state.running.look(now: now, counts: !isStopped)
            state.verdict = judge(state, used: used)
            return state.verdict
        }
        if verdict != nil { killGroup() }
    }

    /// Ends the process and whatever it may have started.
    func killGroup() {
        kill(-pid, SIGKILL)
        kill(pid, SIGKILL)
    }

    private func judge(_ state: State, used: Int?) -> Verdict? {
        if let asked = state.askedAt { return state.attended.seconds - asked > limits.stopTime ? .overdue : nil }
        if let limit = limits.memoryMiB.map({ $0 << 20 }), let used, used > limit {
            return .memory(used: used, limit: limit)
        }
        let now = state.running.seconds
        if let limit = limits.wallTime, now > limit { return .wallTime(limit: limit) }
        if let limit = limits.stageTime, now - state.stageSince > limit {
            return .stageTime(stage: state.position.stage, limit: limit)
        }
        if limits.stallTime > 0, now - state.movedAt > limits.stallTime {
            return .stalled(stage: state.position.stage, limit: limits.stallTime)
        }
        return nil
    }
}

extension JobWatchdog.Verdict {
    /// What came of the attempt.
    var outcome: JobOutcome {
        switch self {
        case .memory(let used, let limit):
            .failed(
                reason: "The job was killed with \(used >> 20) MiB of memory in use; limits.memory_mib of lorad.yaml "
                    + "allows \(limit >> 20). Lower training.batch_size or training.max_length, or raise the limit.",
                runFolder: nil, summary: nil)
        case .wallTime(let limit):
            .failed(
                reason: "The job was killed after \(TableFigure.text(limit, decimals: 0)) s, the limits.wall_time of "
                    + "lorad.yaml.", runFolder: nil, summary: nil)
        case .stageTime(let stage, let limit):
            .failed(
                reason: "The job was killed after \(TableFigure.text(limit, decimals: 0)) s in stage \(stage), the "
                    + "limits.stage_time of lorad.yaml.", runFolder: nil, summary: nil)
        case .stalled(let stage, let limit):
            .failed(
                reason:
                    "The job was killed because nothing moved for \(TableFigure.text(limit, decimals: 0)) s in stage "
                    + "\(stage), the limits.stall_time of lorad.yaml. Look whether its disks answer; raise the limit "
                    + "where one batch takes as long.", runFolder: nil, summary: nil)
        case .overdue, .abandoned: .interrupted
        }
    }
}
