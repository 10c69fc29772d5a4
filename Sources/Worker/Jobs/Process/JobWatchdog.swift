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
        /// It was asked to stop and did not in time.
        case overdue
    }

    private struct State {
        var stage = ""
        var stageSince: Double
        var askedAt: Double?
        var verdict: Verdict?
    }

    private let pid: Int32
    private let limits: LimitsConfiguration
    private let control: JobControl
    private let started: Double
    private let state: Mutex<State>

    init(pid: Int32, limits: LimitsConfiguration, control: JobControl) {
        self.pid = pid
        self.limits = limits
        self.control = control
        started = Self.now
        state = Mutex(State(stageSince: started))
    }

    private static var now: Double { ProcessInfo.processInfo.systemUptime }

    /// Nil unless the process was killed from here.
    var verdict: Verdict? { state.withLock { $0.verdict } }

    func stageStarted(_ name: String) {
        state.withLock { state in
            state.stage = name
            state.stageSince = Self.now
        }
    }

    /// Looks once. True where the process must now be asked to stop.
    func look() -> Bool {
        let now = Self.now
        let used = limits.memoryMiB == nil ? nil : ProcessMemory.inUse(pid: pid)
        let (ask, verdict) = state.withLock { state -> (Bool, Verdict?) in
            guard state.verdict == nil else { return (false, nil) }
            let ask = control.shouldStop && state.askedAt == nil
            if ask { state.askedAt = now }
            state.verdict = judge(state, used: used, now: now)
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

    private func judge(_ state: State, used: Int?, now: Double) -> Verdict? {
        if let asked = state.askedAt { return now - asked > limits.stopTime ? .overdue : nil }
        if let limit = limits.memoryMiB.map({ $0 << 20 }), let used, used > limit {
            return .memory(used: used, limit: limit)
        }
        if let limit = limits.wallTime, now - started > limit { return .wallTime(limit: limit) }
        if let limit = limits.stageTime, now - state.stageSince > limit {
            return .stageTime(stage: state.stage, limit: limit)
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
        case .overdue: .interrupted
        }
    }
}
