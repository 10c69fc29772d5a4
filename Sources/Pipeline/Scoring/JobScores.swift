import Adapters
import Common
import Evaluation
import Manifests
import ModelFiles
import Reports
import Tensors

/// What models score and answer in a job. What the base and published adapters do depends on nothing that the job trains:
/// it is taken from an earlier run's cache where it is there, and left there where it had to be computed.
final class JobScores {
    private let cache: ScoreCache?
    private let log: (String) -> Void
    private let manifest: JobManifest
    private let plan: EvaluationPlan?
    /// Of the base alone, in no arithmetic yet.
    private let recipe: ScoreRecipe
    /// What was looked for, whether it was found or not.
    private var found: [ScoreKey: StoredScores?] = [:]
    /// What was used, in the order of its use.
    private var uses: [CachedScoresReport] = []

    init(_ job: PreparedJob, _ environment: JobEnvironment) {
        manifest = job.manifest
        plan = job.data.evaluation
        log = environment.reporter.log
        cache = manifest.evaluation.usesCache ? environment.scoreCache : nil
        var recipe = ScoreRecipe()
        (recipe.base, recipe.tokenizer) = (job.base.hash.sha256, job.base.hash.tokenizerSHA256)
        if job.data.task != .language {
            recipe.labels = job.data.task.names ?? []
            recipe.headSeed = UInt64(bitPattern: Int64(manifest.training.seed))
        }
        recipe.endTokens = job.base.endTokens
        recipe.trained = Self.trained(job.manifest.adapter)
        self.recipe = recipe
    }

    /// For the report; nil where no cache was asked.
    var report: ScoreCacheReport? { cache == nil ? nil : ScoreCacheReport(scores: uses) }

    private static func trained(_ adapter: AdapterSection) -> [String]? {
        if adapter.method.publishesModel { return [adapter.method.rawValue] }
        let bias = adapter.bias.flatMap { $0 == .none ? nil : "bias: \($0.rawValue)" }
        let all = adapter.wholeModules.sorted() + (bias.map { [$0] } ?? [])
        return all.isEmpty ? nil : all
    }

    // MARK: rows

    /// What a model scored on every row of the plan; nil where it has to be asked.
    ///
    /// - Parameter other: nil: the base alone.
    /// - Throws: as reading the adapter's configuration.
    func rows(of other: ComparedAdapter?) throws -> StoredScores? {
        guard let plan else { return nil }
        return look(try key(rows: other, plan)) { plan.admits($0) }
    }

    /// Notes where a model's scores of the rows are from, and keeps them where they were computed.
    func use(rows scores: StoredScores, of other: ComparedAdapter?, isKnown: Bool) throws {
        guard let plan else { return }
        use(scores, try key(rows: other, plan), other, "rows", isKnown: isKnown)
    }

    private func key(rows other: ComparedAdapter?, _ plan: EvaluationPlan) throws -> ScoreKey {
        var recipe = try recipe(of: other, storage: manifest.dtype, compute: manifest.dtype.compute)
        recipe.tokensPerCall = manifest.evaluation.batchTokens
        return ScoreKey(recipe: try recipe.hash(), asked: plan.digest)
    }

    // MARK: prompts

    /// What a model answered every prompt; nil where it has to be asked.
    ///
    /// - Parameters:
    ///   - other: nil: the base alone.
    ///   - digest: of the prompts as tokens.
    ///   - count: of the prompts.
    /// - Throws: as reading the adapter's configuration.
    func answers(of other: ComparedAdapter?, _ digest: String, count: Int) throws -> [Generation]? {
        let limit = manifest.regression.maxNewTokens
        let scores = look(try key(answers: other, digest)) { scores in
            guard case .answers(let answers) = scores else { return false }
            return answers.count == count && answers.allSatisfy { $0.ids.count <= limit }
        }
        guard case .answers(let answers) = scores else { return nil }
        return answers
    }

    /// Notes where a model's answers are from, and keeps them where they were computed.
    func use(answers: [Generation], of other: ComparedAdapter?, _ digest: String, isKnown: Bool) throws {
        use(.answers(answers), try key(answers: other, digest), other, "prompts", isKnown: isKnown)
    }

    private func key(answers other: ComparedAdapter?, _ digest: String) throws -> ScoreKey {
        // Parity is proved in float32, whatever was trained in.
        var recipe = try recipe(of: other, storage: .float32, compute: .float32)
        recipe.maximumNewTokens = manifest.regression.maxNewTokens
        return ScoreKey(recipe: try recipe.hash(), asked: digest)
    }

    // MARK: cache

    private func recipe(of other: ComparedAdapter?, storage: DType, compute: DType) throws -> ScoreRecipe {
        var recipe = recipe
        recipe.adapterWeights = other?.sha256
        recipe.adapterConfiguration = try other?.configurationSHA256()
        (recipe.storage, recipe.compute) = (storage.rawValue, compute.rawValue)
        return recipe
    }

    private func look(_ key: ScoreKey, admits: (StoredScores) -> Bool) -> StoredScores? {
        if let known = found[key] { return known }
        let scores = cache?.scores(key, admits: admits, log: log)
        found[key] = scores
        return scores
    }

    private func use(
        _ scores: StoredScores, _ key: ScoreKey, _ other: ComparedAdapter?, _ of: String, isKnown: Bool
    ) {
        guard let cache else { return }
        let models = other.map { $0.roles.map(\.rawValue) } ?? [GateReference.base.rawValue]
        uses.append(CachedScoresReport(models: models, of: of, count: scores.count, cached: isKnown))
        guard isKnown else { return cache.keep(scores, key, log: log) }
        log(
            "\(models.joined(separator: ", ")): \(scores.count) \(of) were scored by an earlier run, whose figures are taken"
        )
    }
}

extension EvaluationPlan {
    /// SHA-256 of all that a model is asked of the rows.
    var digest: String {
        switch self {
        case .text(let plan): plan.digest
        case .labelled(let plan): plan.digest
        }
    }

    /// Whether these can be scores of the rows.
    func admits(_ scores: StoredScores) -> Bool {
        switch (self, scores) {
        case (.text(let plan), .rows(let rows)): plan.admits(rows)
        case (.labelled(let plan), .outputs(let rows)): plan.admits(rows)
        default: false
        }
    }

    /// The figures of what base and adapter scored.
    ///
    /// - Precondition: `admits` both.
    func result(base: StoredScores, adapter: StoredScores?, _ options: SliceOptions) -> EvaluationResult {
        switch (self, base, adapter) {
        case (.text(let plan), .rows(let base), nil):
            SliceEvaluation(plan: plan, options: options).result(base: base, adapter: nil)
        case (.text(let plan), .rows(let base), .rows(let adapter)):
            SliceEvaluation(plan: plan, options: options).result(base: base, adapter: adapter)
        case (.labelled(let plan), .outputs(let base), nil):
            ClassificationEvaluation(plan: plan).result(base: base, adapter: nil)
        case (.labelled(let plan), .outputs(let base), .outputs(let adapter)):
            ClassificationEvaluation(plan: plan).result(base: base, adapter: adapter)
        default: preconditionFailure("scores are of the plan's kind")
        }
    }
}
