import Evaluation
import Manifests
import Reports
import Tokenizers
import Training

/// The rows of a job, tokenized and clean.
struct PreparedData {
    let mixture: TrainingMixture
    let validation: [TokenizedExample]
    let rows: RowCounts
    let contamination: ContaminationCounts
    let sample: TrainingSample
    let datasets: [DatasetProvenance]
    /// What conversations were written with; nil where there are none.
    let chatTemplate: ChatTemplateProvenance?
    /// What they could call; nil where the manifest names no file of tools.
    let tools: ToolsProvenance?
    /// The rows that base and adapter are scored on; nil where the manifest names none.
    let evaluation: EvaluationPlan?
    /// The validation rows as they are scored on the way, where a metric of theirs tells the best step; else nil.
    let watched: EvaluationPlan?
    /// The manifest's regression prompts, or else those of the first training rows that fit the base.
    let prompts: [RegressionPrompt]
    /// What a person should know of the training rows.
    let warnings: [String]
    /// What the rows train a model to do.
    let task: ModelTask

    /// What is trained on: an epoch's rows, or those that are drawn from.
    var examples: any ExampleSource { mixture.examples }

    /// What nobody should have to find out from the figures.
    var notes: [String] {
        guard case .text(let plan) = evaluation, plan.unreachable > 0 else { return [] }
        return [
            "\(plan.unreachable) of \(plan.rows.count) evaluation rows count as wrong whatever the model says: their "
                + "completions, ends included, are longer than evaluation.max_new_tokens, or hold an end-of-text token"
        ]
    }

    /// Reads and tokenizes all that the job will need, so that a mistake in the last of its files is told before
    /// training and not after; rows that also stand in held-out data leave the training data.
    ///
    /// - Parameters:
    ///   - rows: the job's files of rows, which nobody has taken yet.
    ///   - base: nil where it cannot be read: the rows are read all the same.
    ///   - cache: has the tokenized rows of earlier jobs, and takes this one's.
    ///   - observation: sees the rows that are trained on while they are there.
    ///   - log: hears what was decided without the manifest.
    /// - Returns: nil where mistakes, all of them noted, leave nothing to train on.
    /// - Throws: what is no fault of the job's own.
    static func prepare(
        _ manifest: JobManifest, _ rows: JobRows, _ base: VerifiedBase?, _ cache: RowCache, _ checks: JobChecks,
        observation: RowObservation? = nil, log: @escaping (String) -> Void
    ) throws -> PreparedData? {
        if rows.areLabelled {
            let read = try ClassificationData.prepare(
                manifest, rows, base, cache, checks, observation: observation, log: log)
            guard let data = read, let base else { return nil }
            return try PreparedData(data, rows, base)
        }
        let read = try TextData.prepare(manifest, rows, base, cache, checks, observation: observation, log: log)
        guard let data = read, let base else { return nil }
        return try PreparedData(data, rows, base)
    }

    /// Some of the rows as the model sees them, each once.
    ///
    /// - Throws: as the examples.
    func samples(_ places: [Int], _ base: VerifiedBase) throws -> [TrainingSample] {
        try Set(places).sorted().map { place in
            let example = try examples[place]
            guard case .classification(let labels) = task else { return Self.sample(example, base.tokenizer) }
            return ClassificationData.sample(example, labels, base.tokenizer)
        }
    }

    /// Rows whose tokens are predicted.
    private init(_ data: TextData, _ files: JobRows, _ base: VerifiedBase) throws {
        task = .language
        (mixture, validation, rows) = (data.mixture, data.validation, data.rows)
        warnings = data.warnings
        contamination = data.contamination
        sample = Self.sample(try data.mixture.examples[0], base.tokenizer)
        datasets = files.provenance(data.fileRows, base)
        chatTemplate = data.chatTemplate
        tools = files.tools.map { ToolsProvenance(path: $0.path, sha256: $0.sha256, tools: $0.tools.count) }
        evaluation = data.evaluation.map(EvaluationPlan.text)
        watched = data.watched.map(EvaluationPlan.text)
        prompts = data.prompts
    }

    /// Rows that are classified, or regressed on, as a whole.
    private init(_ data: ClassificationData, _ files: JobRows, _ base: VerifiedBase) throws {
        task = .classification(data.labels)
        (mixture, validation, rows) = (data.mixture, data.validation, data.rows)
        warnings = []
        contamination = data.contamination
        sample = ClassificationData.sample(try data.mixture.examples[0], data.labels, base.tokenizer)
        datasets = files.provenance(data.fileRows, base)
        (chatTemplate, tools) = (nil, nil)
        evaluation = data.evaluation.map(EvaluationPlan.labelled)
        watched = data.watched.map(EvaluationPlan.labelled)
        prompts = data.prompts
    }

    private static func sample(_ example: TokenizedExample, _ tokenizer: any Tokenizer) -> TrainingSample {
        let trained = Set(example.labelPositions.map { $0 + 1 })
        var spans: [TrainingSample.Span] = []
        var start = 0
        for index in 1...example.tokens.count
        where index == example.tokens.count || trained.contains(index) != trained.contains(start) {
            let text = tokenizer.decode(Array(example.tokens[start..<index]), skipSpecial: false)
            spans.append(TrainingSample.Span(text: text, trained: trained.contains(start)))
            start = index
        }
        return TrainingSample(spans: spans)
    }
}

extension JobManifest {
    /// The slice whose metric tells the best step, where the validation loss does not.
    var bestMetric: (slice: String, metric: GateMetric)? { training.best?.metric.ofSlice }

    /// What scoring keeps to on this base.
    func scoring(_ base: VerifiedBase) -> SliceOptions {
        var options = SliceOptions(choices: evaluation.choices ?? [], tokensPerCall: evaluation.batchTokens)
        options.conversations = dataset.conversations(version: version)
        options.greedy = GreedyRule(
            endTokens: Set(base.endTokens), needsEnd: training.appendEOS && base.tokenizer.eosTokenID != nil,
            maximumNewTokens: evaluation.maxNewTokens)
        return options
    }
}
