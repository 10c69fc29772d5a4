import Training

/// Training rows without those that also stand in the data that judge the adapter.
struct CleanRows {
    let rows: [TrainingRow]
    let counts: ContaminationCounts

    /// - Parameter path: of the training rows, for the message.
    /// - Throws: `PipelineError.rejected` where no row is left.
    init(_ all: [TrainingRow], validation: [TrainingRow], evaluation: [TrainingRow], path: String) throws {
        let (withoutValidation, inValidation) = Contamination.remove(validation, from: all)
        let (train, inEvaluation) = Contamination.remove(evaluation, from: withoutValidation)
        guard !train.isEmpty || all.isEmpty else {
            throw PipelineError(
                .rejected,
                "None of the \(all.count) rows of \(path) is left to train on: all of them also stand in held-out data.",
                cause: "\(inValidation) stand in the validation data, \(inEvaluation) in the evaluation data.",
                advice: "Name a file of other rows in dataset.validation or evaluation.data.")
        }
        rows = train
        counts = ContaminationCounts(
            validation: inValidation, evaluation: inEvaluation, dropped: inValidation + inEvaluation,
            examples: Self.examples(all, without: train))
    }

    /// The first few of the rows that are in `all` and no longer in `kept`, which has the same order.
    private static func examples(_ all: [TrainingRow], without kept: [TrainingRow]) -> [String]? {
        var rest = kept[...]
        var examples: [String] = []
        for row in all where examples.count < 5 {
            if rest.first == row {
                rest.removeFirst()
            } else {
                examples.append(String(row.shown.prefix(200)))
            }
        }
        return examples.isEmpty ? nil : examples
    }
}

extension TrainingRow {
    /// What stands for the row before a person, or as a prompt.
    var shown: String {
        switch self {
        case .completion(let prompt, let completion): prompt.isEmpty ? completion : prompt
        case .text(let text): String(text.prefix(200))
        case .messages(let messages): messages.first?.content ?? ""
        case .labelled(let row, _): row.text
        }
    }
}
