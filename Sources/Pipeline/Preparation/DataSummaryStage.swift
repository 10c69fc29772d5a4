import Datasets
import Manifests
import Reports
import Training

extension JobPreparation {
    /// Seconds of training steps that time is predicted from.
    private static let timedSeconds = 3.0

    /// Reads and judges the job's rows as `run` does, and tells of them.
    ///
    /// - Parameter isTimed: whether the base is loaded too, and some steps are timed; else its weights are only hashed.
    /// - Throws: as `run`.
    func summary(isTimed: Bool) throws -> DataSummary {
        let mistakes = JobMistakes(document)
        let observation = RowObservation()
        let read = try readRows(mistakes, observation)
        try mistakes.refuse()
        guard let base = read.base, let data = read.data, let counts = observation.counts else {
            throw PipelineError(.rejected, "\(document.file) has nothing to train on.")
        }
        var plan = TrainingPlan.configuration(read.manifest, rows: data.examples.count)
        plan.weights = data.mixture.weights
        let examples = data.examples
        var summary = DataSummary(
            sources: data.mixture.sources(slices: read.rows.train.slices),
            evaluation: data.evaluation?.rowsBySlice ?? [:], validationRows: data.rows.validation,
            lengths: DataSummary.Bucket.of(counts.lengths),
            truncation: DataSummary.Truncation(
                maxLength: read.manifest.training.maxLength, rowsCut: counts.truncated, tokensCut: counts.cutTokens,
                supervisedTokensCut: counts.cutSupervisedTokens, rowsDropped: counts.dropped,
                rowsUnsupervised: counts.unsupervised),
            tokens: examples.tokens(), supervisedTokens: examples.labels,
            labels: data.task.labels == nil ? observation.completions : try Self.labels(data),
            content: observation.content,
            contamination: data.contamination,
            samples: try data.samples([0, examples.count / 2, examples.count - 1], base),
            steps: plan.steps, batchSize: plan.batchSize)
        if isTimed { summary.time = try time(read.manifest, base, read.rows, data) }
        return summary
    }

    /// How long the job would take here; nil, and the reason in the log, where it could not train here as it is.
    private func time(
        _ manifest: JobManifest, _ base: VerifiedBase, _ rows: JobRows, _ data: PreparedData
    ) throws -> TimePrediction? {
        let mistakes = JobMistakes(document)
        let parent = try mistakes.collect("adapter.init_from") { try ParentAdapter.open(manifest, environment) } ?? nil
        let checks = JobChecks(document: document, mistakes: mistakes)
        let prepared = try prepare(manifest, base, rows, data, parent, checks)
        do { try mistakes.refuse() } catch let error as PipelineError {
            environment.reporter.log("no time is predicted, as the job would be refused: \(error.mistakes.lines[0])")
            return nil
        }
        guard let job = prepared else { return nil }
        environment.reporter.log("timing training steps of this base for about \(Int(Self.timedSeconds)) s")
        let timing = try job.model.use { model in
            model.activationCheckpointing = manifest.training.activationCheckpointing
            return try StepTiming.measure(
                model, job.adapter, job.plan, data.examples, limit: Self.timedSeconds,
                shouldStop: environment.shouldStop, moved: environment.reporter.moved)
        }
        return TimePrediction(
            JobWork(job), timing, tokensPerStep: data.mixture.meanTokens * Double(job.plan.batchSize))
    }

    /// Rows by their class; none of a regression.
    private static func labels(_ data: PreparedData) throws -> [String: Int] {
        let names = data.task.names ?? []
        var counts = Dictionary(names.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
        for place in 0..<data.examples.count {
            guard case .label(let label)? = try data.examples[place].target, names.indices.contains(label) else {
                continue
            }
            counts[names[label], default: 0] += 1
        }
        return counts
    }
}

extension EvaluationPlan {
    /// Rows of each slice, and of all.
    fileprivate var rowsBySlice: [String: Int] {
        let slices: [String?] =
            switch self {
            case .text(let plan): plan.rows.map(\.slice)
            case .labelled(let plan): plan.rows.map(\.slice)
            }
        var counts = [SliceName.all: slices.count]
        for slice in slices.compactMap(\.self) { counts[slice, default: 0] += 1 }
        return counts
    }
}
