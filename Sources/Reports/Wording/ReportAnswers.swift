import Common

/// What a reader wants to know first, each in a word or two and a sentence.
struct ReportAnswers {
    /// How an answer is taken.
    enum Mood: String {
        case good = "pass"
        case bad = "fail"
        case open = "open"
    }

    struct Answer {
        let question: String
        let mood: Mood
        let word: String
        let note: String
    }

    private let report: RunReport

    init(_ report: RunReport) { self.report = report }

    /// In the order in which they are read. The last one is there only where the report knows of a run before.
    var all: [Answer] { [better] + [overParent].compactMap(\.self) + [safe] + [since].compactMap(\.self) }

    /// Whether the adapter is better than the one it went on from; nil where it was fresh, or neither was scored.
    var overParent: Answer? {
        let slice = report.slices.first { $0.name == "all" } ?? report.slices.first
        guard let slice, let change = ComparedChange.of(slice, from: "parent") else { return nil }
        let better = Self.isBetter(change)
        let apart = change.comparison?.isSignificant ?? (better != nil)
        let test = change.comparison.map { "; \(Self.test($0))" } ?? ""
        return Answer(
            question: "Than the adapter it went on from?",
            mood: !apart || better == nil ? .open : better == true ? .good : .bad,
            word: !apart || better == nil ? "Not told apart" : better == true ? "Yes" : "No, worse",
            note: "\(Self.name(change)) \(Self.figure(change.metric, change.before)) → "
                + "\(Self.figure(change.metric, change.after))\(test).")
    }

    /// Whether the adapter is better than the base.
    var better: Answer {
        let question = "Is it better?"
        guard let slice = report.slices.first(where: { $0.name == "all" }) ?? report.slices.first else {
            return Answer(
                question: question, mood: .open, word: "Not scored",
                note: report.provenance.datasets.contains { $0.role == .evaluation }
                    ? "The run ended before anything was scored." : "The manifest names no evaluation data.")
        }
        let (gain, figures) = Self.gain(slice)
        let judged = Self.isApart(slice)
        let test = slice.comparison.map { " \(Self.test($0))." } ?? ""
        if judged == false {
            return Answer(question: question, mood: .open, word: "Not told apart", note: "\(figures).\(test)")
        }
        return gain > 0
            ? Answer(question: question, mood: .good, word: "Yes", note: "\(figures).\(test)")
            : Answer(question: question, mood: .bad, word: gain < 0 ? "No, worse" : "No", note: "\(figures).\(test)")
    }

    /// Whether everything that was demanded holds.
    var safe: Answer {
        let question = "Is it safe to ship?"
        guard report.status == .succeeded else {
            return Answer(
                question: question, mood: .bad, word: "No", note: report.reason ?? "The run did not succeed.")
        }
        let agrees =
            report.provenance.adapter.isModel
            ? "the published model answers as it did in memory" : "merged weights answer as the adapter does"
        var told = [report.parity.map { $0.passed ? agrees : "parity failed" }]
        told.append(report.unmerged.map { _ in "it is served beside its base, as it cannot be merged" })
        told.append(
            report.gates.isEmpty
                ? "no gate stands in the manifest"
                : "\(report.gates.count(where: \.passed)) of \(report.gates.count) gates passed")
        let note = told.compactMap(\.self).joined(separator: "; ")
        let isJudged = !report.gates.isEmpty && !report.slices.isEmpty
        return Answer(
            question: question, mood: isJudged ? .good : .open, word: isJudged ? "Yes" : "Nothing was demanded",
            note: note.prefix(1).uppercased() + note.dropFirst() + ".")
    }

    /// What became of it since the last run of the name.
    var since: Answer? {
        guard let changes = report.changes else { return nil }
        let headline = Headline(report)
        let change = headline.flatMap { head in
            changes.metrics.first { $0.slice == head.slice && $0.metric == head.metric }
        }
        var told: [String] = []
        var (word, mood) = ("No figure in common", Mood.open)
        if let change {
            let better = Self.isBetter(change)
            let apart = change.comparison?.isSignificant ?? (change.before != change.after)
            word = "\(Self.name(change)) \(Self.difference(change))"
            mood = !apart || better == nil ? .open : better == true ? .good : .bad
            told.append("\(Self.figure(change.metric, change.before)) → \(Self.figure(change.metric, change.after))")
            if let comparison = change.comparison { told.append(Self.test(comparison)) }
        }
        if let flips = changes.flips, flips.nowRight + flips.nowWrong > 0 {
            told.append(
                "\(FigureFormat.count(flips.nowRight)) rows are right now, \(FigureFormat.count(flips.nowWrong)) wrong")
        }
        let settings = changes.settings.count
        told.append(settings == 0 ? "same settings and data" : "\(settings) settings or files changed")
        return Answer(
            question: "Since the last run", mood: mood, word: word, note: told.joined(separator: "; ") + ".")
    }

    // MARK: figures

    /// How much better the adapter is, and both figures in words.
    private static func gain(_ slice: SliceReport) -> (Double, String) {
        let rows = "over \(FigureFormat.count(slice.rows)) rows"
        if let before = slice.base.accuracy, let after = slice.adapter.accuracy {
            return (
                after - before,
                "Accuracy \(FigureFormat.percent(before)) → \(FigureFormat.percent(after)), "
                    + "\(FigureFormat.points(after - before)) points, \(rows)"
            )
        }
        return (
            slice.base.loss - slice.adapter.loss,
            "Loss \(FigureFormat.fixed(slice.base.loss)) → \(FigureFormat.fixed(slice.adapter.loss)) \(rows)"
        )
    }

    /// Whether base and adapter are told apart: by their intervals where these do not meet, else by the test on the same
    /// rows; nil where nothing says.
    static func isApart(_ slice: SliceReport) -> Bool? {
        if let before = slice.base.accuracyInterval, let after = slice.adapter.accuracyInterval,
            before.high < after.low || after.high < before.low
        {
            return true
        }
        return slice.comparison?.isSignificant ?? slice.base.accuracyInterval.map { _ in false }
    }

    /// `p = 0.013 by McNemar's exact test: 40 rows right only now, 21 only before`.
    static func test(_ comparison: ComparisonReport) -> String {
        let p =
            comparison.pValue < 0.001 ? "p < 0.001" : "p = \(FigureFormat.significant(comparison.pValue, 2))"
        switch comparison.test {
        case .mcnemar: return "\(p) by McNemar’s exact test on the same \(FigureFormat.count(comparison.rows)) rows"
        case .bootstrap: return "\(p) by a paired bootstrap of the same \(FigureFormat.count(comparison.rows)) rows"
        }
    }

    /// Metrics that are shares, told in per cent and points.
    private static let shares: Set<String> = ["accuracy", "calibration_error"]
    private static let lowerIsBetter: Set<String> = ["loss", "perplexity", "calibration_error"]

    static func figure(_ metric: String, _ value: Double) -> String {
        shares.contains(metric) ? FigureFormat.percent(value) : FigureFormat.significant(value)
    }

    static func difference(_ change: MetricChange) -> String {
        let difference = change.after - change.before
        return shares.contains(change.metric)
            ? "\(FigureFormat.points(difference)) points" : FigureFormat.difference(difference)
    }

    /// Nil where both are the same.
    static func isBetter(_ change: MetricChange) -> Bool? {
        guard change.after != change.before else { return nil }
        return (change.after > change.before) != lowerIsBetter.contains(change.metric)
    }

    private static func name(_ change: MetricChange) -> String {
        let metric = change.metric.replacingOccurrences(of: "_", with: " ")
        return metric.prefix(1).uppercased() + metric.dropFirst()
    }
}
