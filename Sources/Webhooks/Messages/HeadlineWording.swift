import Common
import JobReports
import Ledger

/// A run's headline figure in the words of a message.
enum HeadlineWording {
    /// Shares are told in per cent, anything else with three digits and its name.
    private static func isShare(_ headline: JobSummary.Headline) -> Bool {
        headline.metric == "accuracy" || headline.metric == "calibration_error"
    }

    /// `88.9%`, `loss 0.317`.
    static func figure(_ headline: JobSummary.Headline) -> String {
        if headline.metric == "accuracy" { return FigureFormat.percent(headline.adapter) }
        let name = headline.metric.replacing("_", with: " ")
        return isShare(headline)
            ? "\(name) \(FigureFormat.percent(headline.adapter))"
            : "\(name) \(FigureFormat.significant(headline.adapter))"
    }

    /// `+7.7 points`, `−0.041`.
    static func change(_ headline: JobSummary.Headline, from other: Double, withUnit: Bool = true) -> String {
        let difference = headline.adapter - other
        guard isShare(headline) else { return FigureFormat.difference(difference) }
        return FigureFormat.points(difference) + (withUnit ? " points" : "")
    }
}
