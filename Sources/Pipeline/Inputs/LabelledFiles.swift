import Datasets
import Evaluation
import Manifests
import Tokenizers
import Training

/// The rows of a classification job's files and what their labels mean; faults of a file are noted, and its rows left out.
struct LabelledFiles {
    let labels: SequenceLabels
    /// Tokenized already.
    let train: [TokenizedRows]
    /// What each row of each file to train on must be predicted to be.
    let targets: [[SequenceTarget]]
    let heldOut: [TrainingRow]
    let evaluated: [TrainingRow]
    /// The rows to score, of which `evaluated` are made.
    let evaluatedRows: [LabelledRow]
    /// The same of `heldOut`, where a metric of theirs tells the best step; else none.
    let watchedRows: [LabelledRow]
    private let heldOutTargets: [(row: LabelledRow, target: SequenceTarget)]

    /// - Returns: nil where the training rows or their labels cannot be used, which is noted.
    init?(
        _ manifest: JobManifest, _ files: JobRows, _ base: VerifiedBase?, _ tokenizing: RowTokenizing,
        _ checks: JobChecks, log: (String) -> Void
    ) throws {
        let mistakes = checks.mistakes
        let (dataset, section) = (manifest.dataset, manifest.evaluation)
        let read = try files.train.tokenized(mistakes) { try tokenizing.rows($0, $1) }
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
        guard let train = read else { return nil }
        let lines = zip(files.train.sources, train).map { source, rows in
            rows.labels.indices.lazy.map { LabelledLine(line: source.file[$0], label: rows.labels[$0]) }
        }
        let found = try mistakes.collect("dataset.labels") {
            try SequenceLabels.of(
                lines.lazy.flatMap(\.self), dataset.train.described, names: dataset.labels,
                isRegression: dataset.task.map { $0 == .regression })
        }
        guard let found else { return nil }
        checks.measurable(.classification(found))
        let order = HeadOrder(found, base: base?.files)
        if let order, let names = order.names {
            labels = .classes(names)
            (watched, scored) = (watched.map(order.named), scored.map(order.named))
            if names != order.own {
                log("labels in the order of the checkpoint's own head: \(names.joined(separator: ", "))")
            }
        } else {
            labels = found
            if let order { mistakes.note("dataset.labels", order.fault, cause: order.cause, advice: order.advice) }
        }
        let (labels, named) = (labels, order?.names == nil ? nil : order)
        let targets = try zip(lines, dataset.train.keys).map { lines, file in
            try mistakes.collect(file.key) {
                try labels.targets(
                    lines.map { LabelledLine(line: $0.line, label: named?.named($0.label) ?? $0.label) }, file.path)
            }
        }
        func rows(
            _ read: [LabelledRow]?, _ key: String, _ path: String?
        ) throws -> [(row: LabelledRow, target: SequenceTarget)] {
            guard let read, let path else { return [] }
            let targets = try mistakes.collect(key) { try labels.targets(read.lazy.map(LabelledLine.init), path) }
            return targets.map { Array(zip(read, $0)) } ?? []
        }
        heldOutTargets = try rows(watched, "dataset.validation", dataset.validation)
        heldOut = heldOutTargets.map { .labelled($0.row) }
        evaluated = try rows(scored, "evaluation.data", section.data).map { .labelled($0.row) }
        evaluatedRows = evaluated.isEmpty ? [] : scored ?? []
        watchedRows = heldOut.isEmpty || manifest.bestMetric == nil ? [] : watched ?? []
        (self.train, self.targets) = (train, targets.compactMap(\.self))
        guard self.targets.count == train.count else { return nil }
    }

    /// The rows whose loss is watched, tokenized; nil where there are none.
    func validation(
        _ manifest: JobManifest, _ builder: ClassificationBuilder, _ limits: BaseLimits, _ mistakes: JobMistakes,
        _ progress: RowProgress
    ) throws -> (examples: [TokenizedExample], counts: ExampleBuilder.Counts)? {
        let rows = heldOutTargets
        guard let path = manifest.dataset.validation, !rows.isEmpty,
            let built = try mistakes.collect(
                "dataset.validation",
                { try builder.build(rows, path: path, kind: "validation", progress: progress.advance) })
        else { return nil }
        try limits.check(built.examples, mistakes) {
            RowPlace(file: path, line: rows[built.counts.places[$0]].row.line)
        }
        return built
    }

    /// Rows to score, ready for models.
    func plan(
        _ path: String?, _ rows: [LabelledRow], _ key: String, _ manifest: JobManifest, _ base: VerifiedBase,
        _ tokenizer: (any Tokenizer)?, _ mistakes: JobMistakes, _ progress: RowProgress
    ) throws -> ClassificationPlan? {
        guard let path, !rows.isEmpty else { return nil }
        return try mistakes.collect(key) {
            try ClassificationPlan(
                rows: rows, path: path, labels: labels, tokenizer: tokenizer ?? base.tokenizer,
                maximumLength: base.maximumLength(manifest), progress: progress.advance)
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
