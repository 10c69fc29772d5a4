import Datasets

/// Classifies the slices of a data file with a base and its adapter, over the same rows.
package struct ClassificationEvaluation {
    private let plan: ClassificationPlan
    private let tokensPerCall: Int

    package init(plan: ClassificationPlan, tokensPerCall: Int = 4096) {
        self.plan = plan
        self.tokensPerCall = tokensPerCall
    }

    /// Scores `model` with its adapter off, which is the base with the head that training started from, and then on;
    /// without `setAdapterEnabled`, once, as the base.
    ///
    /// As `SliceEvaluation.run`: the adapter is left enabled, after an error too.
    package func run(
        _ model: any ClassifyingModel, setAdapterEnabled: ((Bool) throws -> Void)? = nil,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }, shouldStop: () -> Bool = { false }
    ) throws -> EvaluationResult {
        let rows = plan.rows.count
        guard let setAdapterEnabled else {
            return result(try scores(model, shouldStop) { progress($0, rows) }, nil)
        }
        try setAdapterEnabled(false)
        let base = Result { try scores(model, shouldStop) { progress($0, 2 * rows) } }
        try setAdapterEnabled(true)
        let baseScores = try base.get()
        return result(baseScores, try scores(model, shouldStop) { progress(rows + $0, 2 * rows) })
    }

    /// One score a row, in the rows' order.
    private func scores(_ model: any ClassifyingModel, _ shouldStop: () -> Bool, progress: (Int) -> Void) throws
        -> [SequenceScore]
    {
        var scores = [SequenceScore?](repeating: nil, count: plan.rows.count)
        var done = 0
        let fed = plan.rows.map { row in
            let ids = row.text.ids
            return BatchPlan.Sequence(tokens: ids, ownFrom: model.computesPrefixesOnce ? max(0, ids.count - 1) : 0)
        }
        for call in BatchPlan.calls(fed, tokensPerCall: tokensPerCall) {
            if shouldStop() { throw EvaluationError(.interrupted, "The evaluation was interrupted.") }
            for (index, outputs) in zip(call, try model.classify(call.map { plan.rows[$0].text })) {
                guard outputs.allSatisfy(\.isFinite) else {
                    throw EvaluationError(
                        .notFinite, "\(plan.path):\(plan.rows[index].line): the model's outputs are not finite.")
                }
                scores[index] = SequenceScore(Prediction(outputs), target: plan.rows[index].target)
            }
            done += call.count
            progress(done)
        }
        return scores.compactMap { $0 }
    }

    private func result(_ base: [SequenceScore], _ adapter: [SequenceScore]?) -> EvaluationResult {
        func answer(_ score: SequenceScore) -> RowOutcome.Answer {
            RowOutcome.Answer(isCorrect: score.ownLabel.map { $0 == score.label }, loss: score.loss)
        }
        let outcomes = plan.rows.enumerated().map { index, row in
            RowOutcome(
                line: row.line, digest: row.digest, slice: row.slice, tokens: 1, base: answer(base[index]),
                adapter: adapter.map { answer($0[index]) })
        }
        return EvaluationResult(slices: slices(base, adapter), rows: outcomes)
    }

    private func slices(_ base: [SequenceScore], _ adapter: [SequenceScore]?) -> [SliceResult] {
        func result(_ name: String, where belongs: (String?) -> Bool) -> SliceResult {
            let members = plan.rows.indices.filter { belongs(plan.rows[$0].slice) }
            func metrics(_ scores: [SequenceScore]) -> SliceMetrics {
                SliceMetrics(members.map { scores[$0] }, labels: plan.labels)
            }
            return SliceResult(
                name: name, rows: members.count, overlong: 0, base: metrics(base), adapter: adapter.map(metrics))
        }
        return [result(SliceName.all) { _ in true }] + plan.sliceNames.map { name in result(name) { $0 == name } }
    }
}
