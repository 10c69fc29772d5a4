import Datasets
import Manifests
import Reports
import Training

/// Training rows without those that also stand in the data that judge the adapter.
struct CleanRows {
    let rows: [TrainingRow]
    /// The place of each row among those there were, ascending.
    let places: [Int]
    let counts: ContaminationCounts

    /// - Parameter path: of the training rows, for the message.
    /// - Throws: `PipelineError.rejected` where no row is left.
    init(_ all: [TrainingRow], validation: [TrainingRow], evaluation: [TrainingRow], path: String) throws {
        let notInValidation = Contamination.places(of: all, notIn: validation)
        let withoutValidation = notInValidation.map { all[$0] }
        let notInEvaluation = Contamination.places(of: withoutValidation, notIn: evaluation)
        let train = notInEvaluation.map { withoutValidation[$0] }
        let inValidation = all.count - withoutValidation.count
        let inEvaluation = withoutValidation.count - train.count
        guard !train.isEmpty || all.isEmpty else {
            throw PipelineError(
                .rejected,
                "None of the \(all.count) rows of \(path) is left to train on: all of them also stand in held-out data.",
                cause: "\(inValidation) stand in the validation data, \(inEvaluation) in the evaluation data.",
                advice: "Name a file of other rows in dataset.validation or evaluation.data.")
        }
        rows = train
        places = notInEvaluation.map { notInValidation[$0] }
        counts = ContaminationCounts(
            validation: inValidation, evaluation: inEvaluation, dropped: inValidation + inEvaluation,
            examples: Self.examples(all, without: places))
    }

    private init(_ rows: [TrainingRow], places: [Int], _ counts: ContaminationCounts) {
        (self.rows, self.places, self.counts) = (rows, places, counts)
    }

    /// The rows that the limits of a manifest's sources take.
    func limited(_ files: TrainingSources, _ manifest: JobManifest) -> CleanRows {
        let seed = UInt64(bitPattern: Int64(manifest.training.seed))
        let taken = LimitedRows.taken(of: places, files, manifest.dataset.train, seed: seed)
        guard taken.count < rows.count else { return self }
        return CleanRows(taken.map { rows[$0] }, places: taken.map { places[$0] }, counts)
    }

    /// The first few of the rows whose places are not among `kept`.
    private static func examples(_ all: [TrainingRow], without kept: [Int]) -> [String]? {
        let kept = Set(kept)
        let removed = all.indices.lazy.filter { !kept.contains($0) }.prefix(5)
        return removed.isEmpty ? nil : removed.map { String(all[$0].shown.prefix(200)) }
    }
}
