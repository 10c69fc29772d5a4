import Common

/// The figure that a run is known by, in a table.
enum HeadlineFigure {
    static func value(_ metric: String, _ value: Double, slice: String?) -> String {
        let slice = slice.map { $0 == "all" ? "" : " on \($0)" } ?? ""
        return "\(metric) \(isShare(metric) ? FigureFormat.percent(value) : FigureFormat.significant(value))\(slice)"
    }

    static func change(_ metric: String, _ change: Double) -> String {
        isShare(metric) ? "\(FigureFormat.points(change)) points" : FigureFormat.difference(change)
    }

    private static func isShare(_ metric: String) -> Bool { metric == "accuracy" || metric == "calibration_error" }
}
