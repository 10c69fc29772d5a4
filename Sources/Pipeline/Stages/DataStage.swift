import Evaluation
import Foundation
import Manifests
import ModelFiles
import Tokenizers
import Training

/// The rows of a job, tokenized and clean.
struct PreparedData {
    let examples: [TokenizedExample]
    let validation: [TokenizedExample]
    let rows: RowCounts
    let contamination: ContaminationCounts
    let sample: TrainingSample
    let datasets: [DatasetProvenance]
    /// The rows that base and adapter are scored on; nil where the manifest names none.
    let evaluation: EvaluationPlan?
    /// The manifest's regression prompts, or else those of the first training rows.
    let prompts: [RegressionPrompt]
    /// What a person should know of the training rows.
    let warnings: [String]
    /// What the rows train a model to do.
    let task: ModelTask

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
    init(_ manifest: JobManifest, base: VerifiedBase) throws {
        self = try ClassificationData.isWanted(manifest) ? Self(labelled: manifest, base) : Self(text: manifest, base)
    }

    /// Rows whose tokens are predicted.
    private init(text manifest: JobManifest, _ base: VerifiedBase) throws {
        task = .language
        let named = manifest.dataset.format.flatMap { RowFormat(rawValue: $0.rawValue) }
        let (all, format) = try TrainingRowReader.read(manifest.dataset.train, format: named)
        let heldOut = try manifest.dataset.validation.map { try TrainingRowReader.read($0, format: named).rows } ?? []
        let evaluated = try manifest.evaluation.data.map { try TrainingRowReader.read($0, beside: format) } ?? []
        let clean = try CleanRows(
            all, validation: heldOut, evaluation: evaluated, path: manifest.dataset.train)
        let train = clean.rows
        let builder = ExampleBuilder(
            tokenizer: base.tokenizer, template: base.template, maximumLength: manifest.training.maxLength,
            overLength: manifest.training.overLength == .drop ? .drop : .truncate,
            appendsEndOfText: manifest.training.appendEOS)
        let (examples, counts) = try builder.build(train)
        self.examples = examples
        validation = heldOut.isEmpty ? [] : try builder.build(heldOut).examples
        rows = RowCounts(
            train: examples.count, validation: validation.count, truncated: counts.truncated, dropped: counts.dropped)
        warnings = counts.warnings(manifest.dataset.train, tokenizer: base.tokenizer)
        contamination = clean.counts
        sample = Self.sample(examples[0], base.tokenizer)
        datasets = try Self.datasets(manifest, train: all.count, heldOut: heldOut.count, evaluated: evaluated.count)
        evaluation = try Self.evaluation(manifest, base, beside: format).map(EvaluationPlan.text)
        prompts =
            try manifest.regression.prompts.map { try RegressionPrompts.read($0) }
            ?? train.prefix(4).enumerated().map {
                RegressionPrompt(id: "training-row-\($0 + 1)", prompt: $1.shown)
            }
    }

    /// Rows that are classified, or regressed on, as a whole.
    private init(labelled manifest: JobManifest, _ base: VerifiedBase) throws {
        let read = try ClassificationData(manifest, base: base)
        task = .classification(read.labels)
        (examples, validation, evaluation) = (
            read.examples, read.validation, read.evaluation.map(EvaluationPlan.labelled)
        )
        rows = RowCounts(
            train: examples.count, validation: validation.count, truncated: read.counts.truncated,
            dropped: read.counts.dropped)
        warnings = []
        contamination = read.clean.counts
        sample = read.sample(base.tokenizer)
        datasets = try Self.datasets(
            manifest, train: read.trainingRows, heldOut: validation.count, evaluated: read.evaluation?.rows.count ?? 0)
        prompts = try read.prompts(manifest)
    }

    private static func sample(_ example: TokenizedExample, _ tokenizer: any Tokenizer) -> TrainingSample {
        let trained = Set(example.labelPositions.map { $0 + 1 })
        var spans: [TrainingSample.Span] = []
        var start = 0
        for index in 1...example.tokens.count {
            guard index == example.tokens.count || trained.contains(index) != trained.contains(start) else { continue }
            let text = tokenizer.decode(Array(example.tokens[start..<index]), skipSpecial: false)
            spans.append(TrainingSample.Span(text: text, trained: trained.contains(start)))
            start = index
        }
        return TrainingSample(spans: spans)
    }

    private static func datasets(_ manifest: JobManifest, train: Int, heldOut: Int, evaluated: Int) throws
        -> [DatasetProvenance]
    {
        var files: [(DatasetProvenance.Role, String, Int)] = [(.train, manifest.dataset.train, train)]
        if let path = manifest.dataset.validation { files.append((.validation, path, heldOut)) }
        if let path = manifest.evaluation.data { files.append((.evaluation, path, evaluated)) }
        if let path = manifest.regression.prompts {
            files.append((.regression, path, try JSONLines.read(path).count))
        }
        return try files.map { role, path, rows in
            DatasetProvenance(role: role, path: path, sha256: try ContentHash.ofFile(path), rows: rows)
        }
    }
}

extension PreparedData {
    /// The rows to score, ready for models; nil where there are none.
    ///
    /// - Parameter training: the training rows' format, which the evaluation's are read in where they have its keys.
    private static func evaluation(_ manifest: JobManifest, _ base: VerifiedBase, beside training: RowFormat) throws
        -> SlicePlan?
    {
        let section = manifest.evaluation
        guard let data = section.data else { return nil }
        let rows = try EvaluationRows.read(data, beside: training, sliceBy: section.sliceBy)
        var options = section.options
        let configuration = base.files.configuration
        let ends = configuration.eosTokenIDs + (base.tokenizer.eosTokenID.map { [$0] } ?? [])
        options.greedy = GreedyRule(
            endTokens: Set(ends.filter { (0..<configuration.vocabularySize).contains($0) }),
            needsEnd: manifest.training.appendEOS && base.tokenizer.eosTokenID != nil,
            maximumNewTokens: section.maxNewTokens)
        return try SlicePlan(
            rows: section.limit.map { Array(rows.prefix($0)) } ?? rows, path: data, tokenizer: base.tokenizer,
            template: base.template, maximumPositions: configuration.maxPositions, options: options)
    }
}

extension EvaluationSection {
    /// Limits that scoring keeps to.
    var options: SliceOptions { SliceOptions(choices: choices ?? [], tokensPerCall: batchTokens) }
}
