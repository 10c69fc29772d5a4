import Evaluation
import Reports

/// Judges two models by the rows that both were scored on.
enum RowComparison {
    /// One row with both models.
    typealias Pair = (before: RowScores.Row.Answer, after: RowScores.Row.Answer, tokens: Int)

    /// By right and wrong where every row has a right answer, else by the losses.
    ///
    /// - Parameter draws: of the bootstrap; by the number of rows where nil.
    /// - Returns: nil for no rows, and where nothing can be drawn from them.
    static func report(_ pairs: [Pair], draws: Int? = nil) -> ComparisonReport? {
        guard !pairs.isEmpty else { return nil }
        let outcomes = pairs.compactMap { pair in
            pair.before.correct.flatMap { before in pair.after.correct.map { (before: before, after: $0) } }
        }
        if outcomes.count == pairs.count {
            let test = McNemar(
                onlyFirst: outcomes.count { $0.before && !$0.after },
                onlySecond: outcomes.count { !$0.before && $0.after })
            return ComparisonReport(
                pValue: test.pValue, rows: pairs.count, onlyBefore: test.onlyFirst, onlyAfter: test.onlySecond)
        }
        return bootstrap(pairs, draws: draws)
    }

    /// By the losses alone.
    static func bootstrap(_ pairs: [Pair], draws: Int? = nil) -> ComparisonReport? {
        let test = PairedBootstrap(
            pairs.map { $0.after.loss - $0.before.loss }, weights: pairs.map { Double($0.tokens) }, draws: draws)
        return test.map {
            ComparisonReport(
                pValue: $0.pValue, rows: pairs.count, difference: $0.difference, low: $0.interval.lowerBound,
                high: $0.interval.upperBound)
        }
    }

    /// The difference of the shares that both answer rightly; nil where a row has no right answer.
    static func shares(_ pairs: [Pair]) -> PairedDifference? {
        let outcomes = pairs.compactMap { pair in
            pair.before.correct.flatMap { before in pair.after.correct.map { (before: before, after: $0) } }
        }
        guard outcomes.count == pairs.count else { return nil }
        let test = McNemar(
            onlyFirst: outcomes.count { $0.before && !$0.after },
            onlySecond: outcomes.count { !$0.before && $0.after })
        return PairedShares(onlyFirst: test.onlyFirst, onlySecond: test.onlySecond, rows: pairs.count).map {
            PairedDifference(
                test: .mcnemar, value: $0.difference, low: $0.interval.lowerBound, high: $0.interval.upperBound,
                pValue: test.pValue, rows: pairs.count,
                detectable: Power.detectable(standardError: $0.standardError))
        }
    }

    /// The difference of the mean losses.
    static func losses(_ pairs: [Pair]) -> PairedDifference? {
        let test = PairedBootstrap(
            pairs.map { $0.after.loss - $0.before.loss }, weights: pairs.map { Double($0.tokens) })
        return test.map {
            PairedDifference(
                test: .bootstrap, value: $0.difference, low: $0.interval.lowerBound, high: $0.interval.upperBound,
                pValue: $0.pValue, rows: pairs.count,
                detectable: Power.detectable(standardError: Power.standardError(of: $0.interval)))
        }
    }
}
