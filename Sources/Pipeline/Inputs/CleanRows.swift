import Datasets
import Manifests
import Reports
import Training

/// Training rows, all of them in memory, without those that also stand in the data that judge the adapter.
struct CleanRows {
    let rows: [TrainingRow]
    /// The place of each row among those there were, ascending.
    let places: [Int]
    let counts: ContaminationCounts

    /// - Parameter path: of the training rows, for the message.
    /// - Throws: `PipelineError.rejected` where no row is left.
    init(_ all: [TrainingRow], validation: [TrainingRow], evaluation: [TrainingRow], path: String) throws {
        var sieve = HeldOutSieve(validation: validation, evaluation: evaluation)
        for row in all { sieve.add(Contamination.digest(row)) }
        try sieve.requireAny(of: path)
        places = sieve.places
        rows = places.map { all[$0] }
        counts = sieve.counts(showing: sieve.removed.map { all[$0].shown })
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
}
