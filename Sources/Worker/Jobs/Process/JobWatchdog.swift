import Foundation
import Glibc
import Manifests
import Synchronization

/// Looks after one job process while it runs: asks it to stop where somebody asked, and kills it where it takes more
/// than it may or does not stop in time. It does no work of the job's.
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
    }

    /// How far the job is, by what its process reports.
    private struct Position: Equatable {
        var stage = ""
        var stagesEnded = 0
        var step = 0
        var moves = 0
    }

    /// Times are seconds that were watched, see `watch(until:)`.
    private struct State {
        var position = Position()
        var lastLook: Double
        var watched = 0.0
        var stageSince = 0.0
        var movedAt = 0.0
        var askedAt: Double?
        var verdict: Verdict?

        mutating func move(_ change: (inout Position) -> Void) {
            let before = position
            change(&position)
            if position != before { movedAt = watched }
        }

        /// Adds the time since the last look. A worker that stood still (SIGSTOP, a suspended machine) could not hear
        /// what the job told meanwhile, so a long gap counts as a short one.
        mutating func watch(until now: Double) {
            watched += min(max(0, now - lastLook), JobWatchdog.longestGap)
            lastLook = now
        }
    }

    /// Looks are a tenth of a second apart; further apart, the worker itself was not running.
    private static let longestGap = 5.0
    private let pid: Int32
    private let limits: LimitsConfiguration
    private let control: JobControl
    private let state: Mutex<State>

    init(pid: Int32, limits: LimitsConfiguration, control: JobControl) {
        self.pid = pid
        self.limits = limits
        self.control = control
        state = Mutex(State(lastLook: Self.now))
    }

    private static var now: Double { ProcessInfo.processInfo.systemUptime }

    /// Nil unless the process was killed from here.
    var verdict: Verdict? { state.withLock { $0.verdict } }

    func stageStarted(_ name: String) {
        state.withLock { state in
            state.move { $0.stage = name }
            state.stageSince = state.watched
        }
    }

    func stageEnded(_ name: String) { state.withLock { state in state.move { $0.stagesEnded += 1 } } }
    /// A training step was told.
    func moved(step: Int) { state.withLock { state in state.move { $0.step = step } } }
    /// So many pieces of work were told to be done.
    func moved(count: Int) { state.withLock { state in state.move { $0.moves = count } } }

    /// Looks once. True where the process must now be asked to stop.
    func look() -> Bool {
        let now = Self.now
        let used = limits.memoryMiB == nil ? nil : ProcessMemory.inUse(pid: pid)
        let (ask, verdict) = state.withLock { state -> (Bool, Verdict?) in
            guard state.verdict == nil else { return (false, nil) }
            state.watch(until: now)
            let ask = control.shouldStop && state.askedAt == nil
            if ask { state.askedAt = state.watched }
            state.verdict = judge(state, used: used)
            return (ask, state.verdict)
        }
        if verdict != nil { killGroup() }
        return ask
    }

    /// Ends the process and whatever it may have started.
    func killGroup() {
        kill(-pid, SIGKILL)
        kill(pid, SIGKILL)
    }

    private func judge(_ state: State, used: Int?) -> Verdict? {
        let now = state.watched
        if let asked = state.askedAt { return now - asked > limits.stopTime ? .overdue : nil }
        if let limit = limits.memoryMiB.map({ $0 << 20 }), let used, used > limit {
            return .memory(used: used, limit: limit)
        }
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
                reason: "The job was killed after \(Figure.text(limit, decimals: 0)) s, the limits.wall_time of "
                    + "lorad.yaml.", runFolder: nil, summary: nil)
        case .stageTime(let stage, let limit):
            .failed(
                reason: "The job was killed after \(Figure.text(limit, decimals: 0)) s in stage \(stage), the "
                    + "limits.stage_time of lorad.yaml.", runFolder: nil, summary: nil)
        case .stalled(let stage, let limit):
            .failed(
                reason: "The job was killed because nothing moved for \(Figure.text(limit, decimals: 0)) s in stage "
                    + "\(stage), the limits.stall_time of lorad.yaml. Look whether its disks answer; raise the limit "
                    + "where one batch takes as long.", runFolder: nil, summary: nil)
        case .overdue: .interrupted
        }
    }
}
