import Datasets
import Evaluation
import Manifests
import Reports
import Tokenizers
import Training
import Transformers

/// The rows of a classification job: read, their labels resolved, clean, tokenized, and held against the base.
struct ClassificationData {
    let labels: SequenceLabels
    let mixture: TrainingMixture
    let validation: [TokenizedExample]
    let rows: RowCounts
    let contamination: ContaminationCounts
    let evaluation: ClassificationPlan?
    /// The validation rows as they are scored on the way; nil where their loss alone is watched.
    let watched: ClassificationPlan?
    let prompts: [RegressionPrompt]
    /// Rows of each file, as they were read.
    let fileRows: FileRows

    /// - Parameters:
    ///   - base: nil where it cannot be read: the rows are read all the same, for what is wrong with them.
    ///   - cache: has the tokenized rows of earlier jobs, and takes this one's.
    ///   - observation: sees the rows that are trained on while they are there.
    ///   - log: hears what was decided without the manifest.
    /// - Returns: nil where mistakes leave nothing to train on.
    static func prepare(
        _ manifest: JobManifest, _ rows: JobRows, _ base: VerifiedBase?, _ cache: RowCache, _ checks: JobChecks,
        observation: RowObservation? = nil, log: @escaping (String) -> Void
    ) throws -> ClassificationData? {
        let mistakes = checks.mistakes
        let builder = try base.map { try Self.builder(manifest, $0, $0.tokenizer) }
        let tokenizing = RowTokenizing(
            manifest: manifest, base: base, builder: builder, isLabelled: true, pooling: try base?.pooling,
            maximumLength: base?.maximumLength(manifest) ?? manifest.training.maxLength, tools: nil, cache: cache,
            progress: rows.progress, log: log)
        guard let files = try LabelledFiles(manifest, rows, base, tokenizing, checks, log: log), let base, let builder
        else { return nil }
        rows.progress.expect(files.heldOut.count + files.evaluatedRows.count + files.watchedRows.count)
        let limits = BaseLimits(base, manifest)
        let asked = try HeldOutTokens(rows.evaluation, base, cache, log: log)
        let plan = try files.plan(
            manifest.evaluation.data, files.evaluatedRows, "evaluation.data", manifest, base, asked?.tokenizer,
            mistakes, rows.progress)
        try asked?.finish(log: log)
        if let plan { limits.check(plan, mistakes) }
        let heldOut = try HeldOutTokens(rows.validation, base, cache, log: log)
        let watched = try files.plan(
            manifest.dataset.validation, files.watchedRows, "dataset.validation", manifest, base, heldOut?.tokenizer,
            mistakes, rows.progress)
        let validation = try files.validation(
            manifest, try Self.builder(manifest, base, heldOut?.tokenizer ?? base.tokenizer), limits, mistakes,
            rows.progress)
        try heldOut?.finish(log: log)
        let named = try files.prompts(manifest, rows, base, mistakes)
        let train = manifest.dataset.train
        let selected = try mistakes.collect("dataset.train") {
            try RowSelection(
                files.train, of: rows.train, heldOut: files.heldOut, evaluated: files.evaluated, manifest)
        }
        guard let selection = selected,
            let built = try selection.built(builder, targets: files.targets, limits, observation, mistakes),
            let mixture = try mistakes.collect(
                "dataset.train", { try TrainingMixture(built.examples, of: rows.train, train) })
        else { return nil }
        let choice = PromptChoice(manifest: manifest, base: base, classifies: true)
        return ClassificationData(
            labels: files.labels, mixture: mixture, validation: validation?.examples ?? [],
            rows: RowCounts(built.counts, validation: validation?.counts), contamination: selection.contamination,
            evaluation: plan, watched: watched,
            prompts: manifest.regression.prompts != nil
                ? named ?? []
                : try choice.fromRows(selection.places.count, mistakes, log: log) { index in
                    let text = try selection.text(of: index)
                    return (text.text, text.pair)
                },
            fileRows: FileRows(
                validation: files.heldOut.count, evaluation: files.evaluatedRows.count,
                prompts: named?.count ?? 0))
    }

    private static func builder(
        _ manifest: JobManifest, _ base: VerifiedBase, _ tokenizer: any Tokenizer
    ) throws -> ClassificationBuilder {
        ClassificationBuilder(
            tokenizer: tokenizer, pooling: try base.pooling, maximumLength: base.maximumLength(manifest),
            overLength: manifest.training.overLength == .drop ? .drop : .truncate)
    }

    /// A row as the model sees it, and its label as what is trained.
    static func sample(
        _ example: TokenizedExample, _ labels: SequenceLabels, _ tokenizer: any Tokenizer
    ) -> TrainingSample {
        let text = tokenizer.decode(example.tokens, skipSpecial: false)
        let label =
            switch (example.target, labels) {
            case (.label(let index), .classes(let names)): names[index]
            case (.value(let value), _): "\(value)"
            default: ""
            }
        return TrainingSample(spans: [.init(text: text + " → ", trained: false), .init(text: label, trained: true)])
    }
}

extension VerifiedBase {
    /// Which row a sequence is classified by.
    fileprivate var pooling: Pooling {
        get throws { try ModelFamilies.named(files.configuration.modelType).pooling }
    }

    /// The most tokens of a row that is classified.
    func maximumLength(_ manifest: JobManifest) -> Int {
        min(manifest.training.maxLength, files.configuration.maxPositions)
    }
}
