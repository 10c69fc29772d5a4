import Common
import Foundation
import JobReports
import Synchronization

/// A job's progress on stderr: a bar that moves on a terminal, plain lines elsewhere.
final class ProgressPrinter: Sendable {
    /// Seconds between two lines of progress where nobody's terminal shows a bar.
    private static let lineEvery = 10.0

    private let screen: ProgressBar?
    private let lastLine = Mutex(0.0)

    init(_ screen: ProgressBar? = ProgressBar.onTerminal()) { self.screen = screen }

    func take(_ report: JobReport) {
        switch report {
        case .stageStarted(let stage, _):
            lastLine.withLock { $0 = ProcessInfo.processInfo.systemUptime }
            write("\(stage.rawValue): started")
        case .stageEnded(let stage, let detail): write("\(stage.rawValue): done" + (detail.map { ", \($0)" } ?? ""))
        case .log(let line): write(line)
        case .progress(let progress): show(progress)
        case .moved, .heartbeat, .mayPublish, .ended: break
        }
    }

    private func write(_ line: String) {
        screen?.clear()
        Failure.write(line)
    }

    private func show(_ progress: StageProgress) {
        if let screen { return screen.show(progress) }
        let now = ProcessInfo.processInfo.systemUptime
        let isEnd = progress.done == progress.total && progress.validation == nil
        let isDue = lastLine.withLock { last in
            guard isEnd || now - last >= Self.lineEvery else { return false }
            last = now
            return true
        }
        if isDue { Failure.write("\(progress.stage.rawValue): \(progress.words)") }
    }
}
