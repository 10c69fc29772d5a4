import Datasets
import Reports

/// Keeps back the training rows that also stand in the data that judge the adapter.
struct HeldOutSieve {
    /// How many of the rows that are kept back a report shows.
    private static let shown = 5

    /// The places of the rows that pass, ascending.
    private(set) var places: [Int] = []
    /// The places of the first few that do not.
    private(set) var removed: [Int] = []
    private let validation: Set<RowDigest>
    private let evaluation: Set<RowDigest>
    private var count = 0
    private var inValidation = 0
    private var inEvaluation = 0

    init(validation: [TrainingRow], evaluation: [TrainingRow]) {
        self.validation = Set(validation.map(Contamination.digest))
        self.evaluation = Set(evaluation.map(Contamination.digest))
    }

    /// Looks at the next row.
    ///
    /// - Parameter digest: of what is given of it.
    mutating func add(_ digest: RowDigest) {
        defer { count += 1 }
        if validation.contains(digest) {
            inValidation += 1
        } else if evaluation.contains(digest) {
            inEvaluation += 1
        } else {
            places.append(count)
            return
        }
        if removed.count < Self.shown { removed.append(count) }
    }

    /// How many rows were kept back.
    ///
    /// - Parameter texts: of the rows `removed`.
    func counts(showing texts: [String]) -> ContaminationCounts {
        ContaminationCounts(
            validation: inValidation, evaluation: inEvaluation, dropped: inValidation + inEvaluation,
            examples: texts.isEmpty ? nil : texts.map { String($0.prefix(200)) })
    }

    /// - Parameter path: of the training rows, for the message.
    /// - Throws: `PipelineError.rejected` where no row is left.
    func requireAny(of path: String) throws {
        guard places.isEmpty, count > 0 else { return }
        throw PipelineError(
            .rejected,
            "None of the \(count) rows of \(path) is left to train on: all of them also stand in held-out data.",
            cause: "\(inValidation) stand in the validation data, \(inEvaluation) in the evaluation data.",
            advice: "Name a file of other rows in dataset.validation or evaluation.data.")
    }
}
