import Datasets
import Evaluation
import Manifests
import Reports
import Tokenizers
import Training

/// The rows of a job whose tokens are predicted: read, clean, tokenized, and held against the base.
struct TextData {
    let mixture: TrainingMixture
    let validation: [TokenizedExample]
    let rows: RowCounts
    let contamination: ContaminationCounts
    let evaluation: SlicePlan?
    /// The validation rows as they are scored on the way; nil where their loss alone is watched.
    let watched: SlicePlan?
    let prompts: [RegressionPrompt]
    /// What a person should know of the training rows.
    let warnings: [String]
    /// What conversations were written with; nil where there are none.
    let chatTemplate: ChatTemplateProvenance?
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
    ) throws -> TextData? {
        let mistakes = checks.mistakes
        let builder = base.map { Self.builder(manifest, $0, $0.tokenizer) }
        let tokenizing = RowTokenizing(
            manifest: manifest, base: base, builder: builder, maximumLength: manifest.training.maxLength,
            tools: rows.tools?.sha256, cache: cache, progress: rows.progress, log: log)
        let files = try TextFiles(manifest, rows, base, tokenizing, mistakes)
        if let train = files.train {
            checks.measurable(.language)
            checks.tools(train.contains { $0.format == .messages }, base)
        }
        files.expect(manifest, rows.progress)
        let asked = try base.flatMap { try HeldOutTokens(rows.evaluation, $0, cache, log: log) }
        let plan = try files.plan(manifest, base, asked?.tokenizer, checks, rows.progress)
        try asked?.finish(log: log)
        let heldOut = try base.flatMap { try HeldOutTokens(rows.validation, $0, cache, log: log) }
        let watched = try files.watchedPlan(manifest, base, heldOut?.tokenizer, checks, rows.progress)
        guard let base, let builder else { return nil }
        let validation = try files.validation(
            rows, Self.builder(manifest, base, heldOut?.tokenizer ?? base.tokenizer), BaseLimits(base, manifest),
            mistakes)
        try heldOut?.finish(log: log)
        let choice = PromptChoice(manifest: manifest, base: base, classifies: false)
        let named = rows.prompts.flatMap { source in
            files.prompts.map { choice.checked($0, of: source, mistakes) }
        }
        guard let selection = try files.selection(rows.train, manifest, mistakes),
            let built = try selection.built(builder, BaseLimits(base, manifest), observation, mistakes)
        else { return nil }
        let mixture = try mistakes.collect("dataset.train") {
            try TrainingMixture(built.examples, of: rows.train, manifest.dataset.train)
        }
        guard let mixture else { return nil }
        let prompts =
            manifest.regression.prompts != nil
            ? named ?? []
            : try choice.fromRows(selection.places.count, mistakes, log: log) { (try selection.text(of: $0).text, nil) }
        return TextData(
            mixture: mixture, validation: validation?.examples ?? [],
            rows: RowCounts(built.counts, validation: validation?.counts), contamination: selection.contamination,
            evaluation: plan, watched: watched, prompts: prompts,
            warnings: built.counts.warnings(manifest.dataset.train.described, tokenizer: base.tokenizer) {
                rows.train.spelled(selection.places[$0])
            },
            chatTemplate: selection.hasConversation
                ? ChatTemplateProvenance(manifest.dataset, base.template, source: manifest.dataset.chatTemplate) : nil,
            fileRows: FileRows(
                validation: files.heldOut?.count ?? 0,
                evaluation: files.evaluated?.count ?? 0, prompts: files.prompts?.count ?? 0))
    }

    private static func builder(
        _ manifest: JobManifest, _ base: VerifiedBase, _ tokenizer: any Tokenizer
    ) -> ExampleBuilder {
        ExampleBuilder(
            tokenizer: tokenizer, template: base.template, maximumLength: manifest.training.maxLength,
            overLength: manifest.training.overLength == .drop ? .drop : .truncate,
            appendsEndOfText: manifest.training.appendEOS,
            conversations: manifest.dataset.conversations(version: manifest.version))
    }
}

/// The rows of a job's files before anything is made of them; nil for a file that the manifest does not name, and for one
/// with mistakes, which are noted.
private struct TextFiles {
    /// Tokenized already.
    let train: [TokenizedRows]?
    let heldOut: [TrainingRow]?
    let evaluated: [TrainingRow]?
    /// The same as rows to score, or what is wrong with them as such; nil where `evaluated` is.
    private let scored: Result<[EvaluationRow], any Error>?
    /// The validation rows as rows to score, or what is wrong with them as such; nil where nobody scores them.
    private let watched: Result<[EvaluationRow], any Error>?
    let prompts: [RegressionPrompt]?

    init(
        _ manifest: JobManifest, _ files: JobRows, _ base: VerifiedBase?, _ tokenizing: RowTokenizing,
        _ mistakes: JobMistakes
    ) throws {
        let format = manifest.dataset.format.flatMap { RowFormat(rawValue: $0.rawValue) }
        var first: RowFormat?
        train = try files.train.tokenized(mistakes) { source, index in
            let read = try tokenizing.rows(source, index)
            first = first ?? read.format
            return read
        }
        // The evaluation's rows are read in the training rows' format where they have its keys.
        let beside = first ?? format
        let sliceBy = manifest.evaluation.sliceBy
        let validation = try files.validation.flatMap { source in
            try mistakes.collect("dataset.validation") {
                let file = try source.take()
                let (rows, format) = try TrainingRowReader.read(file, format: format)
                let scored = Result { try EvaluationRows.read(file, beside: format, sliceBy: sliceBy) }
                return (rows, manifest.bestMetric == nil ? nil : scored)
            }
        }
        (heldOut, watched) = (validation?.0, validation?.1)
        let both = try files.evaluation.flatMap { source in
            try mistakes.collect("evaluation.data") {
                let file = try source.take()
                let rows =
                    try beside.map { try TrainingRowReader.read(file, beside: $0) }
                    ?? TrainingRowReader.read(file, format: nil).rows
                return (rows, Result { try EvaluationRows.read(file, beside: beside, sliceBy: sliceBy) })
            }
        }
        (evaluated, scored) = (both?.0, both?.1)
        prompts = try files.prompts.flatMap { source in
            try mistakes.collect("regression.prompts") {
                try RegressionPrompts.read(source.take(), render: Self.renderer(manifest, base))
            }
        }
    }

    /// Tells how many rows are going to be tokenized.
    func expect(_ manifest: JobManifest, _ progress: RowProgress) {
        let scored = min(evaluated?.count ?? 0, manifest.evaluation.limit ?? .max)
        let watched = (try? watched?.get().count) ?? 0
        progress.expect((heldOut?.count ?? 0) + scored + watched)
    }

    /// Without a base, which somebody else tells of, any text stands for a conversation: nobody is asked it.
    private static func renderer(_ manifest: JobManifest, _ base: VerifiedBase?) -> RegressionPrompts.Renderer? {
        guard let base else { return { _ in "?" } }
        guard let template = base.template else { return nil }
        let aliases = manifest.dataset.conversations(version: manifest.version).aliasesReasoning
        return { conversation in
            try template.render(aliases ? conversation.aliasingReasoning : conversation, addGenerationPrompt: true)
        }
    }

    /// The rows to train on, without those that stand in the data that judge the adapter; nil where none is left.
    func selection(
        _ files: TrainingSources, _ manifest: JobManifest, _ mistakes: JobMistakes
    ) throws -> RowSelection? {
        guard let train else { return nil }
        return try mistakes.collect("dataset.train") {
            if let fault = train.lazy.compactMap(\.fault).first { throw fault }
            return try RowSelection(train, of: files, heldOut: heldOut ?? [], evaluated: evaluated ?? [], manifest)
        }
    }

    /// The rows whose loss is watched, tokenized; nil where there are none.
    func validation(
        _ files: JobRows, _ builder: ExampleBuilder, _ limits: BaseLimits, _ mistakes: JobMistakes
    ) throws -> (examples: [TokenizedExample], counts: ExampleBuilder.Counts)? {
        guard let source = files.validation, let heldOut, !heldOut.isEmpty,
            let built = try mistakes.collect(
                "dataset.validation",
                {
                    try builder.build(heldOut, kind: "validation", progress: files.progress.advance) {
                        "\(source.path):\(source[$0])"
                    }
                })
        else { return nil }
        try limits.check(built.examples, mistakes) {
            RowPlace(file: source.path, line: source[built.counts.places[$0]])
        }
        return built
    }

    /// The rows to score, ready for models; too many that the base has no room for are noted. Nil without a base.
    ///
    /// - Parameter tokenizer: that remembers; nil for the base's own.
    func plan(
        _ manifest: JobManifest, _ base: VerifiedBase?, _ tokenizer: (any Tokenizer)?, _ checks: JobChecks,
        _ progress: RowProgress
    ) throws -> SlicePlan? {
        let (section, mistakes) = (manifest.evaluation, checks.mistakes)
        guard let data = section.data, let scored,
            let all = try mistakes.collect("evaluation.data", { try scored.get() })
        else { return nil }
        let rows = section.limit.map { Array(all.prefix($0)) } ?? all
        checks.slices(rows.map(\.slice), of: data)
        return try Self.plan(rows, of: data, "evaluation.data", manifest, base, tokenizer, mistakes, progress)
    }

    /// The same of the validation rows, where a metric of theirs tells the best step.
    func watchedPlan(
        _ manifest: JobManifest, _ base: VerifiedBase?, _ tokenizer: (any Tokenizer)?, _ checks: JobChecks,
        _ progress: RowProgress
    ) throws -> SlicePlan? {
        let key = "dataset.validation"
        guard let path = manifest.dataset.validation, let watched,
            let rows = try checks.mistakes.collect(key, { try watched.get() }),
            let plan = try Self.plan(rows, of: path, key, manifest, base, tokenizer, checks.mistakes, progress)
        else { return nil }
        checks.best(plan.rows.map(\.slice), of: path, hasAccuracy: plan.hasAccuracy)
        return plan
    }

    private static func plan(
        _ rows: [EvaluationRow], of path: String, _ key: String, _ manifest: JobManifest, _ base: VerifiedBase?,
        _ tokenizer: (any Tokenizer)?, _ mistakes: JobMistakes, _ progress: RowProgress
    ) throws -> SlicePlan? {
        guard let base else { return nil }
        let made = try mistakes.collect(key) {
            try SlicePlan(
                rows: rows, path: path, tokenizer: tokenizer ?? base.tokenizer, template: base.template,
                maximumPositions: BaseLimits.positions(base, manifest), options: manifest.scoring(base),
                progress: progress.advance)
        }
        guard let plan = made else { return nil }
        let limits = BaseLimits(base, manifest)
        limits.check(plan, mistakes)
        let allowed = manifest.evaluation.maxDropped
        if Double(plan.overlong.count) > allowed * Double(rows.count) {
            mistakes.note(
                plan.overlong.map {
                    ($0.line, "the row feeds \($0.tokens) tokens; the base has \(plan.limit) positions\(limits.taken).")
                },
                of: path,
                cause: "\(plan.overlong.count) of \(rows.count) rows cannot be scored; evaluation.max_dropped allows a "
                    + "share of \(allowed).",
                advice: "Shorten or remove the rows, or raise evaluation.max_dropped.")
        }
        return plan
    }
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
