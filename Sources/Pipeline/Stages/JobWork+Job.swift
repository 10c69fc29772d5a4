import Evaluation
import Manifests
import Tokenizers
import Training

extension JobWork {
    /// What a prepared job comes to.
    init(_ job: PreparedJob) {
        self.init()
        let (data, manifest) = (job.data, job.manifest)
        steps = job.plan.steps
        validateEvery = job.plan.validateEvery
        validationTokens =
            data.validation.reduce(0) { $0 + $1.tokens.count }
            + (data.watched?.scoredTokens(perCall: manifest.evaluation.batchTokens) ?? 0)
        scoredTokens = data.evaluation?.scoredTokens(perCall: manifest.evaluation.batchTokens) ?? 0
        scoringModels += job.compared.count
        if !manifest.adapter.method.isMergeable, !manifest.adapter.method.publishesModel { answeringModels = 2 }
        let prompts = data.prompts.reduce(0) { $0 + job.base.tokenizer.encodeBeginning($1.prompt).count }
        drawnTokens = data.task == .language ? data.prompts.count * manifest.regression.maxNewTokens : 0
        promptTokens = prompts + drawnTokens
        passesPerTrainedToken = manifest.training.activationCheckpointing ? 3 : 2
    }

    /// Leaves out models whose scores of the rows are known.
    ///
    /// - Throws: as `JobScores.rows`.
    mutating func leaveOut(_ job: PreparedJob, knownBy scores: JobScores) throws {
        let others = [nil] + job.compared.map(Optional.some)
        scoringModels -= try others.count { try scores.rows(of: $0) != nil }
    }
}

extension EvaluationPlan {
    /// Tokens that a model is fed to score every row; what rows that begin alike share counts once.
    func scoredTokens(perCall: Int) -> Int {
        switch self {
        case .text(let plan): plan.fedTokens(tokensPerCall: perCall)
        case .labelled(let plan): plan.rows.reduce(0) { $0 + $1.text.ids.count }
        }
    }
}
