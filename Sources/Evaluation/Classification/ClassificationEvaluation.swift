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
            let base = try predictions(model, progress: { progress($0, rows) }, shouldStop: shouldStop)
            return result(base: base, adapter: nil)
        }
        try setAdapterEnabled(false)
        let base = Result { try predictions(model, progress: { progress($0, 2 * rows) }, shouldStop: shouldStop) }
        try setAdapterEnabled(true)
        let basePredictions = try base.get()
        let adapter = try predictions(model, progress: { progress(rows + $0, 2 * rows) }, shouldStop: shouldStop)
        return result(base: basePredictions, adapter: adapter)
    }

    /// What `model` as it is predicts of every row, in the plan's order; `progress` hears how many are done.
    ///
    /// - Throws: as `run`.
    package func predictions(
        _ model: any ClassifyingModel, progress: (Int) -> Void = { _ in }, shouldStop: () -> Bool = { false }
    ) throws -> [Prediction] {
        var predictions = [Prediction?](repeating: nil, count: plan.rows.count)
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
                predictions[index] = Prediction(outputs)
            }
            done += call.count
            progress(done)
        }
        return predictions.compactMap { $0 }
    }

    /// The figures of what a base and its adapter predict of the plan's rows, in their order.
    package func result(base: [Prediction], adapter: [Prediction]?) -> EvaluationResult {
        result(scores(base), adapter.map(scores))
    }

    private func scores(_ predictions: [Prediction]) -> [SequenceScore] {
        zip(plan.rows, predictions).map { SequenceScore($1, target: $0.target) }
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
