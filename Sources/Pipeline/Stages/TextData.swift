import Evaluation
import Manifests
import Tokenizers
import Training

/// The rows of a job whose tokens are predicted: read, clean, tokenized, and held against the base.
struct TextData {
    let examples: [TokenizedExample]
    let validation: [TokenizedExample]
    let rows: RowCounts
    let clean: CleanRows
    let evaluation: SlicePlan?
    let prompts: [RegressionPrompt]
    /// The line of each example in the training file.
    let lines: [Int]
    /// Rows of each file, as they were read.
    let fileRows: FileRows

    /// - Parameter base: nil where it cannot be read: the rows are read all the same, for what is wrong with them.
    /// - Parameter log: hears what was decided without the manifest.
    /// - Returns: nil where mistakes leave nothing to train on.
    static func prepare(
        _ manifest: JobManifest, _ base: VerifiedBase?, _ mistakes: JobMistakes, log: (String) -> Void
    ) throws -> TextData? {
        let files = try TextFiles(manifest, mistakes)
        guard let base, let train = files.train else { return nil }
        let heldOut = files.heldOut ?? []
        let cleaned = try mistakes.collect("dataset.train") {
            try CleanRows(
                train, validation: heldOut, evaluation: files.evaluated ?? [], path: manifest.dataset.train)
        }
        let plan = try files.plan(manifest, base, mistakes)
        let limits = BaseLimits(base)
        if let plan { limits.check(plan, mistakes) }
        let builder = ExampleBuilder(
            tokenizer: base.tokenizer, template: base.template, maximumLength: manifest.training.maxLength,
            overLength: manifest.training.overLength == .drop ? .drop : .truncate,
            appendsEndOfText: manifest.training.appendEOS)
        let validation =
            heldOut.isEmpty
            ? nil : try mistakes.collect("dataset.validation") { try builder.build(heldOut, kind: "validation") }
        if let validation, let path = manifest.dataset.validation {
            let lines = RowLines(path)
            limits.check(validation.examples, lines: validation.counts.places.map { lines[$0] }, of: path, mistakes)
        }
        let choice = PromptChoice(manifest: manifest, base: base, classifies: false)
        let named = manifest.regression.prompts.flatMap { path in
            files.prompts.map { choice.checked($0, path: path, mistakes) }
        }
        guard let clean = cleaned,
            let built = try mistakes.collect("dataset.train", { try builder.build(clean.rows) })
        else { return nil }
        let lines = RowLines(manifest.dataset.train)
        let exampleLines = built.counts.places.map { lines[clean.places[$0]] }
        limits.check(built.examples, lines: exampleLines, of: manifest.dataset.train, mistakes)
        let prompts =
            manifest.regression.prompts != nil
            ? named ?? []
            : choice.fromRows(clean.rows.lazy.map { (text: $0.shown, pair: nil) }, mistakes, log: log)
        return TextData(
            examples: built.examples, validation: validation?.examples ?? [],
            rows: RowCounts(built.counts, validation: validation?.counts), clean: clean, evaluation: plan,
            prompts: prompts, lines: exampleLines,
            fileRows: FileRows(
                train: train.count, validation: heldOut.count, evaluation: files.evaluated?.count ?? 0,
                prompts: files.prompts?.count ?? 0))
    }
}

/// The rows of a job's files before anything is made of them; nil for a file that the manifest does not name, and for one
/// with mistakes, which are noted.
private struct TextFiles {
    let train: [TrainingRow]?
    let heldOut: [TrainingRow]?
    let evaluated: [TrainingRow]?
    let prompts: [RegressionPrompt]?

    init(_ manifest: JobManifest, _ mistakes: JobMistakes) throws {
        let dataset = manifest.dataset
        let format = dataset.format.flatMap { Training.RowFormat(rawValue: $0.rawValue) }
        train = try mistakes.collect("dataset.train") { try TrainingRowReader.read(dataset.train, format: format) }
        heldOut = try dataset.validation.flatMap { path in
            try mistakes.collect("dataset.validation") { try TrainingRowReader.read(path, format: format) }
        }
        evaluated = try manifest.evaluation.data.flatMap { path in
            try mistakes.collect("evaluation.data") { try TrainingRowReader.read(path, format: nil) }
        }
        prompts = try manifest.regression.prompts.flatMap { path in
            try mistakes.collect("regression.prompts") { try RegressionPrompts.read(path) }
        }
    }

    /// The rows to score, ready for models; too many that the base has no room for are noted.
    func plan(_ manifest: JobManifest, _ base: VerifiedBase, _ mistakes: JobMistakes) throws -> SlicePlan? {
        let section = manifest.evaluation
        guard let data = section.data, evaluated != nil else { return nil }
        let read = try mistakes.collect("evaluation.data") { () throws -> SlicePlan in
            let rows = try EvaluationRows.read(data, sliceBy: section.sliceBy)
            return try SlicePlan(
                rows: section.limit.map { Array(rows.prefix($0)) } ?? rows, path: data, tokenizer: base.tokenizer,
                template: base.template, maximumPositions: base.files.configuration.maxPositions,
                options: section.options)
        }
        guard let plan = read else { return nil }
        let all = plan.rows.count + plan.overlong.count
        if Double(plan.overlong.count) > section.maxDropped * Double(all) {
            mistakes.note(
                plan.overlong.map { ($0.line, "the row feeds \($0.tokens) tokens; the base has \(plan.limit) positions.") },
                of: data,
                cause: "\(plan.overlong.count) of \(all) rows cannot be scored; evaluation.max_dropped allows a share of "
                    + "\(section.maxDropped).",
                advice: "Shorten or remove the rows, or raise evaluation.max_dropped.")
        }
        return plan
    }
}

/// How many rows each of a job's files has.
struct FileRows {
    let train: Int
    let validation: Int
    let evaluation: Int
    let prompts: Int
}

extension RowCounts {
    /// What became of the rows to train on, and of those whose loss is watched.
    init(_ train: ExampleBuilder.Counts, validation: ExampleBuilder.Counts?) {
        self.init(
            train: train.places.count, validation: validation?.places.count ?? 0, truncated: train.truncated,
            dropped: train.dropped)
        validationDropped = validation.map(\.dropped)
    }
}
