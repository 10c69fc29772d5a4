import Pipeline

/// What a run came to, for people, on stderr.
enum RunTable {
    static func write(_ report: RunReport) {
        Failure.write("")
        if !report.slices.isEmpty {
            Failure.write(row("slice", "rows", "base", "adapter", "base loss", "loss"))
        }
        for slice in report.slices {
            Failure.write(
                row(
                    slice.name, "\(slice.rows)", Output.percent(slice.base.accuracy),
                    Output.percent(slice.adapter.accuracy), Output.number(slice.base.loss),
                    Output.number(slice.adapter.loss)))
        }
        if let parity = report.parity {
            Failure.write(
                "parity: \(parity.passed ? "passed" : "failed"), largest difference of a logit "
                    + "\(parity.maxAbsLogitDifference) of \(parity.tolerance) allowed (\(parity.dtype))")
        }
        if let reason = report.reason { Failure.write("\(report.status.rawValue): \(reason)") }
    }

    private static func row(_ cells: String...) -> String {
        cells.enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(0, 10 - cell.count))
            return index == 0 ? cell + padding : padding + cell
        }.joined()
    }
}
