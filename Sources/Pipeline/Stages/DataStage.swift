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

    /// Reads and tokenizes all that the job will need, so that a mistake in the last of its files is told before
    /// training and not after; rows that also stand in held-out data leave the training data.
    init(_ manifest: JobManifest, base: VerifiedBase) throws {
        self = try ClassificationData.isWanted(manifest) ? Self(labelled: manifest, base) : Self(text: manifest, base)
    }

    /// Rows whose tokens are predicted.
    private init(text manifest: JobManifest, _ base: VerifiedBase) throws {
        task = .language
        let format = manifest.dataset.format.flatMap { Training.RowFormat(rawValue: $0.rawValue) }
        let all = try TrainingRowReader.read(manifest.dataset.train, format: format)
        let heldOut = try manifest.dataset.validation.map { try TrainingRowReader.read($0, format: format) } ?? []
        let evaluated = try manifest.evaluation.data.map { try TrainingRowReader.read($0, format: nil) } ?? []
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
        evaluation = try manifest.evaluation.plan(base).map(EvaluationPlan.text)
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

extension EvaluationSection {
    /// Limits that scoring keeps to.
    var options: SliceOptions { SliceOptions(choices: choices ?? [], tokensPerCall: batchTokens) }

    /// The rows to score, ready for models; nil where there are none.
    fileprivate func plan(_ base: VerifiedBase) throws -> SlicePlan? {
        guard let data else { return nil }
        let rows = try EvaluationRows.read(data, sliceBy: sliceBy)
        return try SlicePlan(
            rows: limit.map { Array(rows.prefix($0)) } ?? rows, path: data, tokenizer: base.tokenizer,
            template: base.template, maximumPositions: base.files.configuration.maxPositions, options: options)
    }
}
