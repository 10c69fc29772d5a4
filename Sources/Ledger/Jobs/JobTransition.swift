import OperatingSystem

/// One way in which a job's state changes. `all` is the one place that says which state may become which, by what, and
/// what of the row goes with it.
package struct JobTransition: Sendable, Equatable {
    /// What brings it about.
    package enum Cause: String, Sendable, CaseIterable {
        /// A manifest was taken in.
        case admitted
        /// A manifest was taken in that cannot be run.
        case refused
        /// A worker begins an attempt.
        case taken
        /// How an attempt ended, in the words of the state that it ended in.
        case succeeded, failed, rejected, cancelled, interrupted
        /// A fault that may pass ended the attempt; another follows.
        case postponed
        /// A worker goes on with what an earlier one stopped in order.
        case resumed
        /// The worker, or the job's process, died under the attempt; another follows.
        case rescued
        /// The same, once too often.
        case abandoned
        /// The same, and somebody had asked to cancel the job.
        case buried
        /// Somebody cancelled the job while it waited.
        case withdrawn
        /// Somebody asked for a job that had ended, or was cut off, once more.
        case retried
    }

    /// What of a row is cleared together, by the transitions that name it.
    package enum Part: String, Sendable, CaseIterable {
        /// Who runs the attempt: the worker, its execution, and that one's last sign of life, which says nothing
        /// once there is no such process.
        case owner
        /// That somebody asked to cancel a running job.
        case cancelRequest
        /// The time before which a waiting job is not started.
        case wait
        /// When and how the job ended.
        case ending
        /// How often the worker died under it, and how often it was tried again.
        case counts
        /// Where the registry led when the job was first asked about.
        case pins
    }

    /// A number of the row that goes up by one.
    package enum Counter: String, Sendable, CaseIterable { case attempt, crashes, retries }

    package let cause: Cause
    /// The states it starts from; none where the row is new.
    package let from: Set<JobState>
    package let to: JobState
    package let clears: Set<Part>
    package let counts: Counter?
    /// What people are told; nil where they are told nothing.
    package let tells: JobEvent?

    private init(
        _ cause: Cause, from: Set<JobState>, to: JobState, clears: Set<Part> = [], counts: Counter? = nil,
        tells: JobEvent? = nil
    ) {
        self.cause = cause
        self.from = from
        self.to = to
        self.clears = clears
        self.counts = counts
        self.tells = tells
    }

    /// Every transition there is, each cause once.
    package static let all: [JobTransition] = [
        JobTransition(.admitted, from: [], to: .queued, tells: .queued),
        JobTransition(.refused, from: [], to: .rejected, tells: .rejected),
        JobTransition(
            .taken, from: [.queued], to: .running, clears: [.owner, .cancelRequest, .wait, .ending], counts: .attempt,
            tells: .started),
        JobTransition(
            .succeeded, from: [.running], to: .succeeded, clears: [.owner, .cancelRequest, .ending],
            tells: .succeeded),
        JobTransition(
            .failed, from: [.running], to: .failed, clears: [.owner, .cancelRequest, .ending], tells: .failed),
        JobTransition(
            .rejected, from: [.running], to: .rejected, clears: [.owner, .cancelRequest, .ending], tells: .rejected),
        JobTransition(
            .cancelled, from: [.running], to: .cancelled, clears: [.owner, .cancelRequest, .ending], tells: .cancelled),
        JobTransition(.interrupted, from: [.running], to: .interrupted, clears: [.owner, .cancelRequest, .ending]),
        JobTransition(.postponed, from: [.running], to: .queued, clears: [.owner, .cancelRequest], counts: .retries),
        JobTransition(.resumed, from: [.interrupted], to: .queued, clears: [.owner]),
        JobTransition(.rescued, from: [.running], to: .queued, clears: [.owner, .cancelRequest], counts: .crashes),
        JobTransition(
            .abandoned, from: [.running], to: .failed, clears: [.owner, .cancelRequest], counts: .crashes,
            tells: .failed),
        JobTransition(
            .buried, from: [.running], to: .cancelled, clears: [.owner, .cancelRequest], counts: .crashes,
            tells: .cancelled),
        JobTransition(.withdrawn, from: [.queued, .interrupted], to: .cancelled, tells: .cancelled),
        JobTransition(
            .retried, from: [.failed, .rejected, .cancelled, .interrupted], to: .queued,
            clears: [.cancelRequest, .wait, .ending, .counts, .pins], tells: .queued),
    ]

    private static let byCause = Dictionary(all.map { ($0.cause, $0) }, uniquingKeysWith: { first, _ in first })

    /// The transition of a cause.
    package static func by(_ cause: Cause) -> JobTransition {
        guard let transition = byCause[cause] else { fatalError("No transition is caused by \(cause.rawValue).") }
        return transition
    }

    /// Of an attempt that ends in this state. Throws `.wrongState` for one in which none does.
    static func ending(in state: JobState) throws -> JobTransition {
        guard let cause = Cause(rawValue: state.rawValue) else {
            throw WorkerError(.wrongState, "No attempt ends \(state.rawValue).")
        }
        return by(cause)
    }
}

extension JobTransition.Part {
    /// The columns of `jobs` that it stands in.
    var columns: [String] {
        switch self {
        case .owner:
            ["worker_pid", "worker_start", "boot_id", "execution", "heartbeat_at", "memory_bytes"]
        case .cancelRequest: ["cancel_requested"]
        case .wait: ["not_before"]
        case .ending: ["finished_at", "reason", "run_folder", "summary"]
        case .counts: ["crashes", "retries"]
        case .pins: ["pins"]
        }
    }

    /// What stands there where there is nothing, in SQL.
    var emptiness: String {
        switch self {
        case .owner, .wait, .ending, .pins: "NULL"
        case .cancelRequest, .counts: "0"
        }
    }
}
