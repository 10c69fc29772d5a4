import Common
import ForeignText
import Foundation
import JobReports
import Ledger
import Synchronization

/// Progress on stderr: at the foot of a terminal a bar that moves, plain lines elsewhere. Whatever else is told while the
/// bar is there goes through `line`, so that neither tears the other.
final class ProgressPrinter: Sendable {
    /// One job's progress, as it was last told.
    private struct Shown {
        let job: String
        let title: String?
        let progress: StageProgress
    }

    private struct State {
        /// The jobs that run, the one that told something last at the end.
        var shown: [Shown] = []
        /// When a line of progress was last written of a job.
        var lines: [String: Double] = [:]
    }

    private let screen: ProgressBar?
    /// Seconds between two lines of progress where nobody's terminal shows a bar.
    private let lineEvery: Double
    private let state = Mutex(State())

    init(_ screen: ProgressBar? = ProgressBar.onTerminal(), lineEvery: Double = 10) {
        self.screen = screen
        self.lineEvery = lineEvery
    }

    /// What the one job tells that this process works on.
    func take(_ report: JobReport) {
        switch report {
        case .stageStarted(let stage, _):
            begin("")
            line("\(stage.rawValue): started")
        case .stageEnded(let stage, let detail):
            forget("")
            line("\(stage.rawValue): done" + (detail.map { ", \($0)" } ?? ""))
        case .log(let text): line(text)
        case .progress(let progress): show(Shown(job: "", title: nil, progress: progress))
        case .ended: forget("")
        case .moved, .heartbeat, .mayPublish: break
        }
    }

    /// What one of a worker's jobs tells; that a stage is done, the worker's own log says.
    func take(_ report: JobReport, of job: JobRecord) {
        switch report {
        case .stageStarted: begin(job.id)
        case .stageEnded, .ended: forget(job.id)
        case .progress(let progress):
            show(Shown(job: job.id, title: ForeignText.line(job.name), progress: progress))
        case .log, .moved, .heartbeat, .mayPublish: break
        }
    }

    /// One line, above the bar.
    func line(_ text: String) {
        state.withLock { state in
            screen?.clear()
            Failure.write(text)
            redraw(state)
        }
    }

    /// The first line of a stage's progress is due only after a while.
    private func begin(_ job: String) {
        state.withLock { $0.lines[job] = ProcessInfo.processInfo.systemUptime }
    }

    private func forget(_ job: String) {
        state.withLock { state in
            state.shown.removeAll { $0.job == job }
            screen?.clear()
            redraw(state)
        }
    }

    private func redraw(_ state: State) {
        if let last = state.shown.last { screen?.show(last.progress, of: last.title) }
    }

    private func show(_ shown: Shown) {
        state.withLock { state in
            guard let screen else { return writeLine(shown, &state) }
            state.shown.removeAll { $0.job == shown.job }
            state.shown.append(shown)
            screen.show(shown.progress, of: shown.title)
        }
    }

    private func writeLine(_ shown: Shown, _ state: inout State) {
        let now = ProcessInfo.processInfo.systemUptime
        let progress = shown.progress
        let isEnd = progress.done == progress.total && progress.validation == nil
        // A worker says that a stage is done in any case.
        guard isEnd && shown.title == nil || now - (state.lines[shown.job] ?? 0) >= lineEvery else { return }
        state.lines[shown.job] = now
        let owner = shown.title.map { "job \(shown.job): \($0) " } ?? ""
        Failure.write("\(owner)\(progress.stage.rawValue): \(progress.words)")
    }
}
