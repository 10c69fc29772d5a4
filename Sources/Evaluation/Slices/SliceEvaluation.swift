import Datasets

/// Scores the slices of a data file for a base and its adapter, over the same rows.
package struct SliceEvaluation {
    private let plan: SlicePlan
    private let options: SliceOptions

    package init(plan: SlicePlan, options: SliceOptions) {
        self.plan = plan
        self.options = options
    }

    /// Scores `model` with its adapter off and then on; without `setAdapterEnabled`, once, as the base.
    ///
    /// The slices come back with `all` first and then by name. `progress` hears how many of the rows to score, counted
    /// once a pass, are done; `shouldStop` is asked before each call to the model. The adapter is left enabled, after
    /// an error too. Throws `interrupted`, `notFinite` (naming file and line), and whatever the model throws.
    package func run(
        _ model: any ScoringModel, setAdapterEnabled: ((Bool) throws -> Void)? = nil,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }, shouldStop: @escaping () -> Bool = { false }
    ) throws -> EvaluationResult {
        let rows = plan.rows.count
        guard let setAdapterEnabled else {
            return result(
                base: try scores(model, progress: { progress($0, rows) }, shouldStop: shouldStop), adapter: nil)
        }
        try setAdapterEnabled(false)
        let base = Result { try scores(model, progress: { progress($0, 2 * rows) }, shouldStop: shouldStop) }
        try setAdapterEnabled(true)
        let baseScores = try base.get()
        let adapter = try scores(model, progress: { progress(rows + $0, 2 * rows) }, shouldStop: shouldStop)
        return result(base: baseScores, adapter: adapter)
    }

    /// Scores every row with `model` as it is, in the plan's order; `progress` hears how many are done.
    ///
    /// - Throws: as `run`.
    package func scores(
        _ model: any ScoringModel, progress: (Int) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }
    ) throws -> [RowScore] {
        try RowScoring(plan: plan, tokensPerCall: options.tokensPerCall, shouldStop: shouldStop)
            .scores(model, progress: progress)
    }

    /// The figures of scores that a base and its adapter gave the plan's rows, in their order.
    package func result(base: [RowScore], adapter: [RowScore]?) -> EvaluationResult {
        func answer(_ score: RowScore) -> RowOutcome.Answer {
            RowOutcome.Answer(
                isCorrect: plan.hasAccuracy ? score.isCorrect : nil, loss: score.negativeLogLikelihood)
        }
        let outcomes = plan.rows.enumerated().map { index, row in
            RowOutcome(
                line: row.line, digest: row.digest, slice: row.slice, tokens: base[index].tokens,
                base: answer(base[index]), adapter: adapter.map { answer($0[index]) })
        }
        return EvaluationResult(slices: slices(base: base, adapter: adapter), rows: outcomes)
    }

    private func slices(base: [RowScore], adapter: [RowScore]?) -> [SliceResult] {
        let names = Set(plan.rows.compactMap(\.slice) + plan.overlong.compactMap(\.slice)).sorted()
        let all = result(SliceName.all, base, adapter) { _ in true }
        return [all] + names.map { name in result(name, base, adapter) { $0 == name } }
    }

    private func result(
        _ name: String, _ base: [RowScore], _ adapter: [RowScore]?, where belongs: (String?) -> Bool
    ) -> SliceResult {
        let members = plan.rows.indices.filter { belongs(plan.rows[$0].slice) }
        func metrics(_ scores: [RowScore]) -> SliceMetrics {
            SliceMetrics(members.map { scores[$0] }, hasAccuracy: plan.hasAccuracy)
        }
        return SliceResult(
            name: name, rows: members.count, overlong: plan.overlong.count(where: { belongs($0.slice) }),
            base: metrics(base), adapter: adapter.map(metrics))
    }
}
