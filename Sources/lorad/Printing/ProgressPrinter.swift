import Foundation
import Pipeline
import Synchronization

/// A job's progress on stderr: a bar that moves on a terminal, plain lines elsewhere.
struct ProgressPrinter: PipelineEvents {
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func stageStarted(_ stage: Stage, detail: String?) { Failure.write("\(stage.rawValue): started") }

    func stageEnded(_ stage: Stage, detail: String?) {
        if isTerminal { clear() }
        Failure.write("\(stage.rawValue): done" + (detail.map { ", \($0)" } ?? ""))
    }

    func log(_ line: String) { Failure.write(line) }

    func progress(_ progress: StageProgress) {
        if isTerminal {
            clear()
            Terminal.control(bar(progress) + text(progress))
        } else if progress.done == progress.total
            || progress.done * 20 / progress.total != (progress.done - 1) * 20 / progress.total
        {
            Failure.write(progress.stage.rawValue + ":" + text(progress))
        }
    }

    private func clear() { Terminal.control("\r\u{1B}[K") }

    private func bar(_ progress: StageProgress) -> String {
        let width = 24
        let filled = width * progress.done / max(1, progress.total)
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }

    private func text(_ progress: StageProgress) -> String {
        var text = " \(progress.done)/\(progress.total)"
        if let loss = progress.loss { text += String(format: "  loss %.4f", loss) }
        if let rate = progress.tokensPerSecond { text += String(format: "  %.0f tokens/s", rate) }
        if let left = progress.secondsLeft, (0..<1e9).contains(left) {
            text += "  \(Int(left) / 60) min \(Int(left) % 60) s left"
        }
        return text
    }
}
