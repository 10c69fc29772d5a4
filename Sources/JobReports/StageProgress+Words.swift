import Common

extension StageProgress {
    /// As a log, `status` and a terminal say it, in ASCII: `step 12 of 150, loss 0.4321, 2345 tokens/s, 3 min 4 s left`.
    package var words: String {
        ([place] + figures + [timeLeft].compactMap(\.self)).joined(separator: ", ")
    }

    /// What was counted of how much: `step 12 of 150`.
    package var place: String {
        switch unit {
        case .bytes: "\(FigureFormat.bytes(done)) of \(FigureFormat.bytes(total))"
        case .rows: "row \(done) of \(total)"
        case .steps: "step \(done) of \(total)"
        case .modules: "module \(done) of \(total)"
        case .answers: "answer \(done) of \(total)"
        case .files: "file \(done) of \(total)"
        case .tensors: "tensor \(done) of \(total)"
        }
    }

    /// Loss and rate, as far as there are any.
    private var figures: [String] {
        var figures: [String] = []
        if let validation { figures.append("validating, batch \(validation.done) of \(validation.total)") }
        if let loss { figures.append("loss \(TableFigure.text(loss, decimals: 4))") }
        if let tokensPerSecond {
            figures.append("\(TableFigure.text(tokensPerSecond, decimals: 0)) tokens/s")
        } else if let rate, rate.isFinite {
            let isBytes = unit == .bytes && abs(rate) < 1e18
            figures.append(
                isBytes ? "\(FigureFormat.bytes(Int(rate)))/s" : "\(FigureFormat.significant(rate)) \(unit.rawValue)/s")
        }
        return figures
    }

    /// Of the whole job where that is predicted, else of the stage; nil where neither can be said.
    package var timeLeft: String? {
        if let secondsLeft, secondsLeft.isFinite { return "\(Self.whole(secondsLeft)) left" }
        if let stageSecondsLeft, stageSecondsLeft.isFinite {
            return "\(Self.whole(stageSecondsLeft)) left in this stage"
        }
        return nil
    }

    private static func whole(_ seconds: Double) -> String { FigureFormat.duration(max(0, seconds).rounded()) }
}
