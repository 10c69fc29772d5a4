import Evaluation
import Manifests
import Tokenizers
import Training
import Transformers

/// The rows of a classification job: read, their labels resolved, clean and tokenized.
struct ClassificationData {
    let labels: SequenceLabels
    let examples: [TokenizedExample]
    let validation: [TokenizedExample]
    let counts: ExampleBuilder.Counts
    let clean: CleanRows
    let evaluation: ClassificationPlan?
    /// Rows of the training file.
    let trainingRows: Int

    /// Whether the job's rows have labels: because the manifest says so, or by their keys.
    static func isWanted(_ manifest: JobManifest) throws -> Bool {
        let dataset = manifest.dataset
        if let format = dataset.format { return format == .classification }
        if dataset.task != nil || dataset.labels != nil { return true }
        let first = try JSONLines.read(dataset.train).first
        return LabelledRows.fields.allSatisfy { first?.has($0) == true }
    }

    init(_ manifest: JobManifest, base: VerifiedBase) throws {
        let dataset = manifest.dataset
        let read = try LabelledRows.read(dataset.train)
        let labels = try SequenceLabels.of(
            read, dataset.train, names: dataset.labels, isRegression: dataset.task.map { $0 == .regression })
        func rows(_ read: [LabelledRow], _ path: String) throws -> [TrainingRow] {
            zip(read, try labels.targets(read, path)).map { .labelled($0, $1) }
        }
        let heldOut = try dataset.validation.map { try rows(LabelledRows.read($0), $0) } ?? []
        let section = manifest.evaluation
        var evaluated: [LabelledRow] = []
        if let data = section.data {
            let all = try LabelledRows.read(data, sliceBy: section.sliceBy)
            evaluated = section.limit.map { Array(all.prefix($0)) } ?? all
        }
        clean = try CleanRows(
            try rows(read, dataset.train), validation: heldOut,
            evaluation: try section.data.map { try rows(evaluated, $0) } ?? [], path: dataset.train)

        let configuration = base.files.configuration
        let length = min(manifest.training.maxLength, configuration.maxPositions)
        let builder = ClassificationBuilder(
            tokenizer: base.tokenizer, pooling: try ModelFamilies.named(configuration.modelType).pooling,
            maximumLength: length, overLength: manifest.training.overLength == .drop ? .drop : .truncate)
        (examples, counts) = try builder.build(clean.rows.compactMap(\.labelled), path: dataset.train)
        validation =
            heldOut.isEmpty
            ? [] : try builder.build(heldOut.compactMap(\.labelled), path: dataset.validation ?? "").examples
        evaluation = try section.data.map { path in
            try ClassificationPlan(
                rows: evaluated, path: path, labels: labels, tokenizer: base.tokenizer, maximumLength: length)
        }
        self.labels = labels
        trainingRows = read.count
    }

    /// The first row as the model sees it, and its label as what is trained.
    func sample(_ tokenizer: any Tokenizer) -> TrainingSample {
        let text = tokenizer.decode(examples[0].tokens, skipSpecial: false)
        let label =
            switch (examples[0].target, labels) {
            case (.label(let index), .classes(let names)): names[index]
            case (.value(let value), _): "\(value)"
            default: ""
            }
        return TrainingSample(spans: [.init(text: text + " → ", trained: false), .init(text: label, trained: true)])
    }

    /// The manifest's regression prompts, or else those of the first training rows.
    func prompts(_ manifest: JobManifest) throws -> [RegressionPrompt] {
        if let path = manifest.regression.prompts { return try RegressionPrompts.read(path, labels: labels) }
        return clean.rows.compactMap(\.labelled).prefix(4).enumerated().map { index, row in
            RegressionPrompt(id: "training-row-\(index + 1)", prompt: row.row.text, pair: row.row.pair)
        }
    }
}

extension TrainingRow {
    /// A row with a label, and what that means.
    fileprivate var labelled: (row: LabelledRow, target: SequenceTarget)? {
        if case .labelled(let row, let target) = self { (row, target) } else { nil }
    }
}
