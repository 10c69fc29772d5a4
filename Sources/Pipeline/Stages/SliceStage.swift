import Adapters
import Datasets
import Evaluation
import ForeignText
import Foundation
import Manifests
import ModelFiles
import Reports
import Transformers

/// Scores base and adapter on the evaluation data.
struct SliceStage {
    let manifest: JobManifest
    let base: VerifiedBase
    let data: PreparedData
    let environment: JobEnvironment

    /// What was found: the report's slices, and what became of every row.
    struct Found {
        var slices: [SliceReport] = []
        /// Nil where the manifest names no data.
        var scores: RowScores?
    }

    /// Bootstrap draws for a slice that is not all rows.
    private static let sliceDraws = 1_000

    /// Scores base and adapter on every slice.
    ///
    /// - Parameter scores: knows the base's of an earlier run, and takes them where it does not.
    func run(
        _ plan: EvaluationPlan, _ model: LanguageModel, _ adapter: Adapter, _ scores: JobScores
    ) throws -> Found {
        let known = try scores.rows(of: nil)
        let passes = known == nil ? 2 : 1
        let base = try known ?? without(adapter) { try self.scores(of: plan, model, passes: passes) }
        try scores.use(rows: base, of: nil, isKnown: known != nil)
        let own = try self.scores(of: plan, model, pass: passes - 1, passes: passes)
        let result = plan.result(base: base, adapter: own, manifest.scoring(self.base))
        let rows = result.rows.compactMap(RowScores.Row.init)
        let bySlice = Dictionary(grouping: rows, by: \.slice)
        let slices = result.slices.compactMap { slice -> SliceReport? in
            guard let adapter = slice.adapter, slice.rows > 0 else { return nil }
            let isAll = slice.name == SliceName.all
            let members = isAll ? rows : bySlice[ForeignText.line(slice.name)] ?? []
            return SliceReport(
                name: slice.name, rows: slice.rows, dropped: slice.overlong > 0 ? slice.overlong : nil,
                base: score(slice.base, slice.rows), adapter: score(adapter, slice.rows),
                comparison: RowComparison.report(
                    members.map { ($0.base, $0.adapter, $0.tokens) }, draws: isAll ? nil : Self.sliceDraws))
        }
        let hash = data.datasets.first { $0.role == .evaluation }?.sha256
        return Found(slices: slices, scores: RowScores(file: ForeignText.line(plan.path), sha256: hash, rows: rows))
    }

    /// What another adapter scored on the same rows, into what was found before.
    ///
    /// - Parameter roles: what it is to the run.
    func add(_ other: StoredScores, of roles: [GateReference], _ plan: EvaluationPlan, to found: inout Found) {
        guard let scores = found.scores else { return }
        let result = plan.result(base: other, adapter: nil, manifest.scoring(base))
        let others = Dictionary(
            result.rows.map { ($0.line, RowScores.Row.Answer(correct: $0.base.isCorrect, loss: $0.base.loss)) },
            uniquingKeysWith: { first, _ in first })
        for (index, row) in scores.rows.enumerated() {
            for role in roles { found.scores?.rows[index].set(others[row.line], of: role) }
        }
        for (index, slice) in found.slices.enumerated() {
            guard let own = result.slices.first(where: { $0.name == slice.name }) else { continue }
            let isAll = slice.name == SliceName.all
            let name = ForeignText.line(slice.name)
            let pairs = scores.rows.filter { isAll || $0.slice == name }.compactMap { row in
                others[row.line].map { (before: $0, after: row.adapter, tokens: row.tokens) }
            }
            let comparison = RowComparison.report(pairs, draws: isAll ? nil : Self.sliceDraws)
            for role in roles { found.slices[index].set(score(own.base, own.rows), comparison, of: role) }
        }
    }

    /// What a model as it is scores on every row, in pass `pass` of `passes` over them.
    ///
    /// - Throws: `EvaluationError.interrupted`, `.notFinite`; as the model.
    func scores(
        of plan: EvaluationPlan, _ model: LanguageModel, pass: Int = 0, passes: Int = 1
    ) throws -> StoredScores {
        let rows = plan.counts.rows
        return try scores(of: plan, model, shouldStop: environment.shouldStop) {
            environment.reporter.progress(pass * rows + $0, of: passes * rows, .rows)
        }
    }

    /// What `body` makes of the base alone; the adapter is on again afterwards, after an error too.
    private func without<Result>(_ adapter: Adapter, _ body: () throws -> Result) rethrows -> Result {
        adapter.setEnabled(false)
        defer { adapter.setEnabled(true) }
        return try body()
    }

    /// A metric of a slice of the validation rows, with the model as it is; NaN where it has no value.
    ///
    /// - Parameter told: hears the share of the rows that is scored.
    func watch(
        _ plan: EvaluationPlan, _ metric: (slice: String, metric: GateMetric), _ model: LanguageModel,
        told: (Double) -> Void
    ) throws -> Double {
        // A stop waits for the validation's end, as it does for that of the loss: the step's checkpoint follows it.
        let rows = plan.counts.rows
        let scores = try scores(of: plan, model, shouldStop: { false }) { told(Double($0) / Double(rows)) }
        let result = plan.result(base: scores, adapter: nil, manifest.scoring(base))
        let slice = result.slices.first { $0.name == metric.slice }
        return slice.flatMap { score($0.base, $0.rows).value(metric.metric.rawValue) } ?? .nan
    }

    private func scores(
        of plan: EvaluationPlan, _ model: LanguageModel, shouldStop: @escaping () -> Bool, progress: (Int) -> Void
    ) throws -> StoredScores {
        switch plan {
        case .text(let plan):
            .rows(
                try SliceEvaluation(plan: plan, options: manifest.scoring(base))
                    .scores(model, progress: progress, shouldStop: shouldStop))
        case .labelled(let plan):
            .outputs(
                try ClassificationEvaluation(plan: plan, tokensPerCall: manifest.evaluation.batchTokens)
                    .predictions(model, progress: progress, shouldStop: shouldStop))
        }
    }

    private func score(_ metrics: SliceMetrics, _ rows: Int) -> SliceScore {
        var score = SliceScore(
            loss: metrics.loss ?? .nan, accuracy: metrics.accuracy, calibrationError: metrics.calibrationError,
            rows: rows, hasPerplexity: data.task == .language)
        (score.f1, score.matthews) = (metrics.f1, metrics.matthews)
        (score.pearson, score.spearman) = (metrics.pearson, metrics.spearman)
        return score
    }
}

extension RowScores.Row {
    /// Nil where no adapter was evaluated.
    init?(_ row: RowOutcome) {
        guard let adapter = row.adapter else { return nil }
        self.init(
            line: row.line, sha256: row.digest, slice: row.slice.map(ForeignText.line), tokens: row.tokens,
            base: Answer(correct: row.base.isCorrect, loss: row.base.loss),
            adapter: Answer(correct: adapter.isCorrect, loss: adapter.loss))
    }
}
