import Common
import Pipeline
import Reports

/// What a run came to, for people, on stderr.
enum RunTable {
    static func write(_ report: RunReport) {
        Failure.write("")
        writeSlices(report)
        if let parity = report.parity {
            Failure.write(
                "parity: \(parity.passed ? "passed" : "failed"), largest difference of a logit "
                    + "\(FigureFormat.significant(parity.maxAbsLogitDifference)) of "
                    + "\(FigureFormat.significant(parity.tolerance)) allowed (\(parity.dtype))")
        }
        if let unmerged = report.unmerged { Failure.write(UnmergedWording.sentence(unmerged)) }
        writeGates(report)
        if report.isUnscored {
            Failure.write("not scored: the manifest names no evaluation data (evaluation.data)")
        }
        for (index, line) in report.explanation.enumerated() {
            Failure.write(index == 0 ? "\(report.status.rawValue): \(line)" : line)
        }
    }

    /// The scores by slice; a column says how many rows were left out, where any was.
    private static func writeSlices(_ report: RunReport) {
        guard !report.slices.isEmpty else { return }
        let hasDropped = (report.evaluation?.dropped ?? 0) > 0
        func cells(_ name: String, rows: String, dropped: String, _ figures: [String]) -> [String] {
            [name, rows] + (hasDropped ? [dropped] : []) + figures
        }
        // Losses are nats a token.
        let head = cells(
            "slice", rows: "rows", dropped: "left out", ["base", "adapter", "base, nats", "adapter, nats"])
        func write(_ name: String, rows: String, dropped: String, _ figures: [String]) {
            Failure.write(row(cells(name, rows: rows, dropped: dropped, figures), beneath: head))
        }
        Failure.write(row(head, beneath: head))
        for slice in report.slices {
            write(
                slice.name, rows: "\(slice.rows)", dropped: "\(slice.dropped ?? 0)",
                [
                    TableFigure.percent(slice.base.accuracy), TableFigure.percent(slice.adapter.accuracy),
                    TableFigure.text(slice.base.loss, decimals: 3), TableFigure.text(slice.adapter.loss, decimals: 3),
                ])
        }
        for (name, rows) in (report.evaluation?.unscored ?? [:]).sorted(by: { $0.key < $1.key }) {
            write(name, rows: "0", dropped: "\(rows)", ["–", "–", "–", "–"])
        }
    }

    /// Every gate, with what was measured and what is wanted.
    private static func writeGates(_ report: RunReport) {
        for gate in report.gates {
            let value = gate.value.map { FigureFormat.significant($0, 4) } ?? "not measured"
            Failure.write(
                "gate: \(gate.passed ? "passed" : "failed"), \(gate.slice) \(gate.metric) \(value), wanted "
                    + GateWording.wanted(gate))
        }
    }

    private static func row(_ cells: [String], beneath head: [String]) -> String {
        cells.enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(0, max(10, head[index].count + 2) - cell.count))
            return index == 0 ? cell + padding : padding + cell
        }.joined()
    }
}
