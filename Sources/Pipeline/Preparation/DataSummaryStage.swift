import Datasets
import Reports
import Training

extension JobPreparation {
    /// Reads and judges the job's rows as `run` does, and tells of them; the base's weights are hashed and not loaded.
    ///
    /// - Throws: as `run`.
    func summary() throws -> DataSummary {
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
        return DataSummary(
            sources: data.mixture.sources(slices: read.rows.train.slices),
            evaluation: data.evaluation?.rowsBySlice ?? [:], validationRows: data.rows.validation,
            lengths: DataSummary.Bucket.of(counts.lengths),
            truncation: DataSummary.Truncation(
                maxLength: read.manifest.training.maxLength, rowsCut: counts.truncated, tokensCut: counts.cutTokens,
                supervisedTokensCut: counts.cutSupervisedTokens, rowsDropped: counts.dropped,
                rowsUnsupervised: counts.unsupervised),
            tokens: examples.reduce(0) { $0 + $1.tokens.count },
            supervisedTokens: examples.reduce(0) { $0 + $1.labelPositions.count },
            labels: data.task.labels == nil ? observation.completions : Self.labels(data), content: observation.content,
            contamination: data.contamination,
            samples: data.samples([0, examples.count / 2, examples.count - 1], base),
            steps: plan.steps, batchSize: plan.batchSize)
    }

    /// Rows by their class; none of a regression.
    private static func labels(_ data: PreparedData) -> [String: Int] {
        let names = data.task.names ?? []
        var counts = Dictionary(names.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
        for case .label(let label)? in data.examples.map(\.target) where names.indices.contains(label) {
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
