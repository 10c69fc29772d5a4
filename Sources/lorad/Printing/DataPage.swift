import Common
import ForeignText
import Pipeline
import Reports

/// `lorad data` for people.
struct DataPage {
    private let data: DataSummary

    init(_ data: DataSummary) { self.data = data }

    func show() {
        for section in [sources, evaluation, lengths, truncation, labels, content] where !section.isEmpty {
            Output.block(section.joined(separator: "\n") + "\n")
        }
        for (index, sample) in data.samples.enumerated() {
            Output.line("row \(index + 1) of \(data.samples.count), what is trained marked:")
            Output.marked(sample.spans.map { ($0.text, $0.trained) }, limit: 2_000)
            Output.line("")
        }
        Output.line("\(count(data.steps)) steps of \(count(data.batchSize)) rows")
        if let time { Output.line(time) }
    }

    private var time: String? {
        data.time.map { time in
            "about \(FigureFormat.duration(time.seconds)) on this machine: "
                + "\(FigureFormat.duration(time.trainingSeconds)) of training "
                + "(\(FigureFormat.duration(time.secondsPerStep)) a step, "
                + "\(FigureFormat.significant(time.tokensPerSecond)) tokens/s), then scores and parity; "
                + "predicted from \(count(time.timedTokens)) tokens that were timed"
        }
    }

    private var sources: [String] {
        data.sources.flatMap { source in
            var line = "\(name(source.path)): \(count(source.rows)) rows, \(count(source.trained)) trained on"
            if let rows = source.epochRows { line += rows == source.trained ? "" : ", \(count(rows)) an epoch" }
            if let share = source.share { line += ", \(percent(share)) of what is drawn" }
            return [line] + slices(source.slices)
        }
    }

    private var evaluation: [String] {
        var lines: [String] = []
        if data.validationRows > 0 { lines.append("validation: \(count(data.validationRows)) rows") }
        guard let all = data.evaluation["all"] else { return lines }
        return lines + ["evaluation: \(count(all)) rows"] + slices(data.evaluation.filter { $0.key != "all" })
    }

    private var lengths: [String] {
        let most = data.lengths.map(\.rows).max() ?? 0
        let width = data.lengths.map { "\($0.from)-\($0.to)".count }.max() ?? 0
        return ["tokens a row, before anything is cut:"]
            + data.lengths.map { bucket in
                let range = "\(bucket.from)-\(bucket.to)"
                let bar = String(repeating: "#", count: most == 0 ? 0 : (bucket.rows * 40 + most - 1) / most)
                return "  \(String(repeating: " ", count: width - range.count))\(range) \(bar) \(count(bucket.rows))"
            }
    }

    private var truncation: [String] {
        let cut = data.truncation
        var lines = [
            "\(count(data.tokens)) tokens, of which \(count(data.supervisedTokens)) "
                + "(\(percent(Double(data.supervisedTokens) / Double(max(1, data.tokens))))) carry the loss"
        ]
        if cut.rowsCut > 0 {
            lines.append(
                "training.max_length \(cut.maxLength) cuts \(count(cut.rowsCut)) rows: \(count(cut.tokensCut)) tokens, "
                    + "\(count(cut.supervisedTokensCut)) of them trained")
        }
        if cut.rowsDropped > 0 {
            lines.append(
                "\(count(cut.rowsDropped)) rows are left out, \(count(cut.rowsUnsupervised)) of them with nothing to "
                    + "train")
        }
        if cut.rowsCut == 0, cut.rowsDropped == 0 {
            lines.append("training.max_length \(cut.maxLength) cuts no row")
        }
        return lines
    }

    private var labels: [String] {
        data.labels.isEmpty ? [] : ["rows by what is to be predicted:"] + slices(data.labels)
    }

    private var content: [String] {
        let held = data.contamination
        return [
            "\(count(data.content.duplicates)) rows stand there twice; \(count(data.content.otherAnswers)) have a prompt "
                + "that another row has with another answer",
            "\(count(held.dropped)) rows also stand in held-out data (\(count(held.validation)) validation, "
                + "\(count(held.evaluation)) evaluation) and are not trained on",
        ]
    }

    /// At most twenty, the largest first.
    private func slices(_ counts: [String: Int]) -> [String] {
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let more = sorted.count > 20 ? ["  and \(sorted.count - 20) more"] : []
        return sorted.prefix(20).map { "  \(name($0.key)): \(count($0.value))" } + more
    }

    private func name(_ text: String) -> String { ForeignText.shortened(text, to: 100) }
    private func count(_ number: Int) -> String { FigureFormat.count(number) }
    private func percent(_ share: Double) -> String { "\(FigureFormat.significant(100 * share))%" }
}
