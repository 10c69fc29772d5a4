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
    /// How many rows went which way.
    let counts: ExampleBuilder.Counts
    let validation: [TokenizedExample]
    let rows: RowCounts
    let clean: CleanRows
    let evaluation: ClassificationPlan?
    /// The validation rows as they are scored on the way; nil where their loss alone is watched.
    let watched: ClassificationPlan?
    let prompts: [RegressionPrompt]
    /// Rows of each file, as they were read.
    let fileRows: FileRows

    /// - Parameter base: nil where it cannot be read: the rows are read all the same, for what is wrong with them.
    /// - Parameter log: hears what was decided without the manifest.
    /// - Returns: nil where mistakes leave nothing to train on.
    static func prepare(
        _ manifest: JobManifest, _ rows: JobRows, _ base: VerifiedBase?, _ checks: JobChecks, log: (String) -> Void
    ) throws -> ClassificationData? {
        let mistakes = checks.mistakes
        guard let files = try LabelledFiles(manifest, rows, base, checks, log: log), let base else { return nil }
        let builder = try Self.builder(manifest, base)
        rows.progress.expect(
            files.train.count + files.heldOut.count + files.evaluatedRows.count + files.watchedRows.count)
        let plan = try files.plan(
            manifest.evaluation.data, files.evaluatedRows, "evaluation.data", manifest, base, mistakes, rows.progress)
        let watched = try files.plan(
            manifest.dataset.validation, files.watchedRows, "dataset.validation", manifest, base, mistakes,
            rows.progress)
        let limits = BaseLimits(base, manifest)
        if let plan { limits.check(plan, mistakes) }
        let validation = try manifest.dataset.validation.flatMap { path in
            try files.heldOut.isEmpty
                ? nil
                : mistakes.collect("dataset.validation") {
                    try builder.build(
                        files.heldOut.compactMap(\.labelled), path: path, kind: "validation",
                        progress: rows.progress.advance)
                }
        }
        if let validation, let path = manifest.dataset.validation {
            try limits.check(validation.examples, mistakes) {
                RowPlace(file: path, line: files.heldOut[validation.counts.places[$0]].labelled?.row.line ?? 0)
            }
        }
        let train = manifest.dataset.train
        let cleaned = try mistakes.collect("dataset.train") {
            try CleanRows(files.train, validation: files.heldOut, evaluation: files.evaluated, path: train.described)
                .limited(rows.train, manifest)
        }
        rows.progress.leaveOut(files.train.count - (cleaned?.rows.count ?? 0))
        let named = try files.prompts(manifest, rows, base, mistakes)
        guard let clean = cleaned,
            let built = try mistakes.collect(
                "dataset.train",
                {
                    try builder.build(
                        clean.rows.compactMap(\.labelled), path: train.described, progress: rows.progress.advance
                    ) {
                        let place = rows.train[clean.places[$0]]
                        return "\(place.file):\(place.line)"
                    }
                })
        else { return nil }
        let places = built.counts.places.map { clean.places[$0] }
        try limits.check(built.examples, mistakes) { rows.train[places[$0]] }
        let mixed = try mistakes.collect("dataset.train") {
            try TrainingMixture(
                TrainingMixture.bySource(built.examples, places: places, of: rows.train), of: rows.train, train)
        }
        guard let mixture = mixed else { return nil }
        let choice = PromptChoice(manifest: manifest, base: base, classifies: true)
        let labelled = clean.rows.compactMap(\.labelled)
        return ClassificationData(
            labels: files.labels, mixture: mixture, counts: built.counts, validation: validation?.examples ?? [],
            rows: RowCounts(built.counts, validation: validation?.counts), clean: clean, evaluation: plan,
            watched: watched,
            prompts: manifest.regression.prompts != nil
                ? named ?? []
                : choice.fromRows(labelled.count, mistakes, log: log) { index in
                    (labelled[index].row.text, labelled[index].row.pair)
                },
            fileRows: FileRows(
                validation: files.heldOut.count, evaluation: files.evaluatedRows.count,
                prompts: named?.count ?? 0))
    }

    private static func builder(_ manifest: JobManifest, _ base: VerifiedBase) throws -> ClassificationBuilder {
        let configuration = base.files.configuration
        return ClassificationBuilder(
            tokenizer: base.tokenizer, pooling: try ModelFamilies.named(configuration.modelType).pooling,
            maximumLength: min(manifest.training.maxLength, configuration.maxPositions),
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

/// The rows of a classification job's files and what their labels mean; faults of a file are noted, and its rows left out.
private struct LabelledFiles {
    let labels: SequenceLabels
    let train: [TrainingRow]
    let heldOut: [TrainingRow]
    let evaluated: [TrainingRow]
    /// The rows to score, of which `evaluated` are made.
    let evaluatedRows: [LabelledRow]
    /// The same of `heldOut`, where a metric of theirs tells the best step; else none.
    let watchedRows: [LabelledRow]

    /// - Returns: nil where the training rows or their labels cannot be used, which is noted.
    init?(
        _ manifest: JobManifest, _ files: JobRows, _ base: VerifiedBase?, _ checks: JobChecks, log: (String) -> Void
    ) throws {
        let mistakes = checks.mistakes
        let (dataset, section) = (manifest.dataset, manifest.evaluation)
        var read = try files.train.read(mistakes) { file, _ in try LabelledRows.read(file) }
        var watched = try files.validation.flatMap { source in
            try mistakes.collect("dataset.validation") {
                try LabelledRows.read(source.take(), sliceBy: manifest.bestMetric == nil ? nil : section.sliceBy)
            }
        }
        var scored = try files.evaluation.flatMap { source in
            try mistakes.collect("evaluation.data") {
                try LabelledRows.read(source.take(), sliceBy: section.sliceBy)
            }
        }
        scored = scored.map { rows in section.limit.map { Array(rows.prefix($0)) } ?? rows }
        if let scored, let path = section.data { checks.slices(scored.map(\.slice), of: path) }
        if let watched, let path = dataset.validation { checks.best(watched.map(\.slice), of: path) }
        guard let trainRows = read else { return nil }
        let found = try mistakes.collect("dataset.labels") {
            try SequenceLabels.of(
                trainRows.flatMap(\.self), dataset.train.described, names: dataset.labels,
                isRegression: dataset.task.map { $0 == .regression })
        }
        guard let found else { return nil }
        checks.measurable(.classification(found))
        let order = HeadOrder(found, base: base?.files)
        if let order, let names = order.names {
            labels = .classes(names)
            (read, watched, scored) = (
                read?.map(order.named), watched.map(order.named), scored.map(order.named)
            )
            if names != order.own {
                log("labels in the order of the checkpoint's own head: \(names.joined(separator: ", "))")
            }
        } else {
            labels = found
            if let order { mistakes.note("dataset.labels", order.fault, cause: order.cause, advice: order.advice) }
        }
        let labels = labels
        func rows(_ read: [LabelledRow]?, _ key: String, _ path: String?) throws -> [TrainingRow] {
            guard let read, let path else { return [] }
            let targets = try mistakes.collect(key) { try labels.targets(read, path) }
            return targets.map { zip(read, $0).map { .labelled($0, $1) } } ?? []
        }
        let trained = try zip(read ?? [], dataset.train.keys).map { try rows($0, $1.key, $1.path) }
        train = trained.contains { $0.isEmpty } ? [] : trained.flatMap(\.self)
        heldOut = try rows(watched, "dataset.validation", dataset.validation)
        evaluated = try rows(scored, "evaluation.data", section.data)
        evaluatedRows = evaluated.isEmpty ? [] : scored ?? []
        watchedRows = heldOut.isEmpty || manifest.bestMetric == nil ? [] : watched ?? []
        guard !train.isEmpty else { return nil }
    }

    /// Rows to score, ready for models.
    func plan(
        _ path: String?, _ rows: [LabelledRow], _ key: String, _ manifest: JobManifest, _ base: VerifiedBase,
        _ mistakes: JobMistakes, _ progress: RowProgress
    ) throws -> ClassificationPlan? {
        guard let path, !rows.isEmpty else { return nil }
        let length = min(manifest.training.maxLength, base.files.configuration.maxPositions)
        return try mistakes.collect(key) {
            try ClassificationPlan(
                rows: rows, path: path, labels: labels, tokenizer: base.tokenizer, maximumLength: length,
                progress: progress.advance)
        }
    }

    /// The manifest's prompts, held against the base; nil where it names none, or they have mistakes.
    func prompts(
        _ manifest: JobManifest, _ files: JobRows, _ base: VerifiedBase, _ mistakes: JobMistakes
    ) throws -> [RegressionPrompt]? {
        try files.prompts.flatMap { source in
            let read = try mistakes.collect("regression.prompts") {
                try RegressionPrompts.read(source.take(), labels: labels)
            }
            let choice = PromptChoice(manifest: manifest, base: base, classifies: true)
            return read.map { choice.checked($0, of: source, mistakes) }
        }
    }
}

extension TrainingRow {
    /// A row with a label, and what that means.
    fileprivate var labelled: (row: LabelledRow, target: SequenceTarget)? {
        if case .labelled(let row, let target) = self { (row, target) } else { nil }
    }
}
