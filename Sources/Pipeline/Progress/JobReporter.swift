import Foundation
import JobReports
import Synchronization

/// Tells of a running job: adds rates and times to what its stages count, and leaves out what nobody could read as fast.
/// From any thread, one report after the other.
package final class JobReporter: Sendable {
    /// Seconds between two reports of progress: a small model makes a thousand steps in one.
    private static let progressEvery = 0.2
    /// The same for reports that anything moves, which nobody looks at.
    private static let movedEvery = 1.0

    private struct State {
        var stage = Stage.base
        var stageBegan = 0.0
        var part = Part(began: 0, done: 0)
        var estimate: JobEstimate?
        var lastStep: StageProgress?
        var moves = 0
        var lastMove = -Double.infinity
        var lastProgress = -Double.infinity
    }

    /// What a stage counts at the moment: some count answers, then tensors, then answers again.
    private struct Part {
        var unit: StageProgress.Unit?
        var began: Double
        /// How many there were when it began.
        var done: Int
    }

    private let state = Mutex(State())
    private let report: @Sendable (JobReport) -> Void
    private let now: @Sendable () -> Double

    /// - Parameters:
    ///   - report: takes the reports.
    ///   - now: seconds of a clock that nobody sets.
    package init(
        _ report: @escaping @Sendable (JobReport) -> Void,
        now: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }
    ) {
        self.report = report
        self.now = now
    }

    /// For whoever wants to hear nothing.
    package static var silent: JobReporter { JobReporter { _ in } }

    package func log(_ line: String) { report(.log(line)) }

    package func started(_ stage: Stage) {
        let now = now()
        state.withLock { state in
            state.stage = stage
            state.stageBegan = now
            state.part = Part(began: now, done: 0)
            state.lastProgress = -.infinity
        }
        report(.stageStarted(stage: stage, detail: nil))
    }

    package func ended(_ stage: Stage, detail: String?) {
        let now = now()
        state.withLock { state in
            if stage == .slices { state.estimate?.scored(seconds: now - state.stageBegan) }
        }
        report(.stageEnded(stage: stage, detail: detail))
    }

    /// What there is to do is known.
    func plan(_ work: JobWork) { state.withLock { $0.estimate = JobEstimate(work) } }

    /// A piece of work is done that is too small for `progress`.
    package func moved() {
        let now = now()
        let moves = state.withLock { state -> Int? in
            state.moves += 1
            guard now - state.lastMove >= Self.movedEvery else { return nil }
            state.lastMove = now
            return state.moves
        }
        if let moves { report(.moved(moves)) }
    }

    /// So much of the stage is done, none of it before the stage began. A stage that goes over to another unit has its rate
    /// from there on.
    package func progress(_ done: Int, of total: Int, _ unit: StageProgress.Unit) {
        tell { state, now in
            if let counted = state.part.unit, counted != unit { state.part = Part(began: now, done: done) }
            state.part.unit = unit
            let (seconds, made) = (now - state.part.began, done - state.part.done)
            var progress = StageProgress(stage: state.stage, done: done, total: total, unit: unit)
            if made > 0, seconds > 0 {
                progress.rate = Double(made) / seconds
                progress.stageSecondsLeft = Double(max(0, total - done)) * seconds / Double(made)
            }
            progress.secondsLeft = state.estimate?.secondsLeft(
                in: state.stage, stageLeft: progress.stageSecondsLeft)
            return progress
        }
    }

    /// A training step is done.
    ///
    /// - Parameters:
    ///   - tokens: of the step.
    ///   - seconds: that it took.
    ///   - average: seconds of a step, over all that were made, those of earlier attempts included.
    func trained(step: Int, of total: Int, loss: Double, tokens: Int, seconds: Double, average: Double) {
        tell { state, _ in
            state.estimate?.trained(step: step, average: average, tokens: tokens, seconds: seconds)
            var progress = StageProgress(stage: .train, done: step, total: total, unit: .steps, loss: loss)
            if average > 0 { progress.rate = 1 / average }
            if seconds > 0 { progress.tokensPerSecond = Double(tokens) / seconds }
            progress.stageSecondsLeft = average * Double(total - step)
            progress.secondsLeft = state.estimate?.secondsLeft(in: .train, stageLeft: nil)
            state.lastStep = progress
            return progress
        }
    }

    /// So many of the batches of a validation are computed, `seconds` after it began; training stands still meanwhile.
    func validated(_ done: Int, of total: Int, seconds: Double) {
        tell(atEnd: false) { state, _ in
            guard total > 0, var progress = state.lastStep else { return nil }
            state.estimate?.validated(share: Double(done) / Double(total), seconds: seconds)
            progress.validation = StageProgress.Part(done: done, total: total)
            progress.secondsLeft = state.estimate?.secondsLeft(in: .train, stageLeft: nil)
            return progress
        }
    }

    /// Reports what `make` makes where it is time to; the end of a stage is always told of.
    private func tell(atEnd isTold: Bool = true, _ make: (inout State, Double) -> StageProgress?) {
        moved()
        let now = now()
        let progress = state.withLock { state -> StageProgress? in
            guard let progress = make(&state, now) else { return nil }
            let isEnd = isTold && progress.done == progress.total
            guard isEnd || now - state.lastProgress >= Self.progressEvery else { return nil }
            state.lastProgress = now
            return progress
        }
        if let progress { report(.progress(progress)) }
    }
}
