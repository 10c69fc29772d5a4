/// Puts the rows of a plan to a model, many in a call.
struct RowScoring {
    let plan: SlicePlan
    let tokensPerCall: Int
    /// Asked before each call to the model; true ends the evaluation as interrupted.
    let shouldStop: () -> Bool

    /// One score a row, in the rows' order; `progress` hears how many rows are done.
    func scores(_ model: any ScoringModel, progress: (Int) -> Void) throws -> [RowScore] {
        let owners = plan.owners
        let fed = plan.fed(owners, sharesPrefixes: model.computesPrefixesOnce)
        var pending = plan.rows.map(\.plan.sequences.count)
        var answers = plan.rows.map { [[LabelScore]](repeating: [], count: $0.plan.sequences.count) }
        var done = 0
        for call in BatchPlan.calls(fed, tokensPerCall: tokensPerCall) {
            if shouldStop() { throw EvaluationError(.interrupted, "The evaluation was interrupted.") }
            let sequences = call.map { plan.rows[owners[$0].0].plan.sequences[owners[$0].1] }
            for (index, scores) in zip(call, try ask(model, sequences)) {
                let (row, sequence) = owners[index]
                guard scores.allSatisfy(\.logProbability.isFinite) else {
                    throw EvaluationError(
                        .notFinite, "\(plan.path):\(plan.rows[row].line): the model's log-probabilities are not finite."
                    )
                }
                answers[row][sequence] = scores
                pending[row] -= 1
                if pending[row] == 0 { done += 1 }
            }
            progress(done)
        }
        return zip(plan.rows, answers).map { RowScore($0.plan, scores: $1) }
    }

    /// Greedy choices cost a pass over the logits, so they are asked for only where accuracy needs them.
    private func ask(_ model: any ScoringModel, _ sequences: [ScoredSequence]) throws -> [[LabelScore]] {
        if !plan.hasChoices && plan.hasAccuracy { return try model.labelScores(sequences) }
        return try model.logProbabilities(sequences).map { values in
            values.map { LabelScore(logProbability: $0, isGreedy: false) }
        }
    }
}

extension SlicePlan {
    /// The rows' sequences in order, each as its row and its place in it.
    var owners: [(row: Int, sequence: Int)] {
        rows.indices.flatMap { row in rows[row].plan.sequences.indices.map { (row, $0) } }
    }

    /// What a model is fed of them.
    func fed(_ owners: [(row: Int, sequence: Int)], sharesPrefixes: Bool) -> [BatchPlan.Sequence] {
        owners.map { row, sequence in
            let sequence = rows[row].plan.sequences[sequence]
            return BatchPlan.Sequence(tokens: sequence.tokens, ownFrom: sharesPrefixes ? sequence.firstLabel : 0)
        }
    }

    /// How many tokens a model is fed to score every row; what sequences of one call share counts once.
    package func fedTokens(tokensPerCall: Int) -> Int {
        BatchPlan.computedTokens(fed(owners, sharesPrefixes: true), tokensPerCall: tokensPerCall)
    }
}
