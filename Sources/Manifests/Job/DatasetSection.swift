/// The rows to train on. `dataset: FILE` is short for `dataset: {train: FILE}`.
package struct DatasetSection: Section {
    /// JSON lines to train on.
    package var train = ""
    /// JSON lines whose loss is watched during training.
    package var validation: String?
    /// How a row is laid out; nil where it is to be inferred from the first row's keys.
    package var format: DatasetFormat?

    static let fields: [Field<DatasetSection>] = [
        .required(
            "train", \.train, .path(example: "data/train.jsonl"), missing: "name the file of rows to train on",
            "JSON lines to train on."),
        .optional(
            "validation", \.validation, .path(example: "data/validation.jsonl"), absent: "none",
            "JSON lines whose loss is measured during training."),
        .optional(
            "format", \.format, .choice(), absent: "inferred from the rows' keys", "How a row is laid out."),
    ]

    static func check(
        _ section: inout DatasetSection, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        guard let validation = section.validation, validation == section.train,
            let second = node.later(of: "train", "validation")
        else { return }
        context.diagnostics.add(
            second.position,
            "\(path)train and \(path)validation are the same file; a loss on rows trained on says little")
    }
}

/// The layouts of a row.
package enum DatasetFormat: String, Sendable, CaseIterable, Codable {
    case promptCompletion = "prompt_completion"
    case messages
    case text
    case classification
}
