/// One of the files that a job trains on, and how it is mixed with the others.
package struct SourceSection: Section {
    /// The file of rows.
    package var path = ""
    /// The probability that a row of training is drawn from this source, as a share of all sources' weights; nil where
    /// every row is seen once an epoch.
    package var weight: Double?
    /// How often an epoch has each row; nil for once.
    package var copies: Int?
    /// How many of the rows are taken, by `training.seed`; nil for all.
    package var limit: Int?
    /// As `dataset.format`, which holds where it is nil.
    package var format: DatasetFormat?
    /// As `dataset.columns`, which holds where it is nil.
    package var columns: ColumnsSection?
    /// As `dataset.chat_template`, which holds where it is nil.
    package var chatTemplate: String?

    package init() {}

    static let fields: [Field<SourceSection>] = [
        .required(
            "path", \.path, .path(example: "data/old.jsonl"), missing: "name the file of rows", "The file of rows."),
        .optional(
            "weight", \.weight, .number(NumberBounds(above: 0, atMost: 1e6), example: "0.3"), absent: "none",
            "The probability that a row of training is drawn from this file: its share of all weights. Every file has one or none has; needs `training.max_steps`."
        ),
        .optional(
            "repeat", \.copies, .integer(1...1_000, example: 3), absent: "1", "How often an epoch has each row."),
        .optional(
            "limit", \.limit, .integer(1...1_000_000_000, example: 5_000), absent: "all rows",
            "How many of the rows are taken, drawn by `training.seed`."),
        .optional("format", \.format, .choice(), absent: "`dataset.format`", "How a row is laid out."),
        .optional(
            "columns", \.columns, .section("{prompt: instruction, completion: output}"), absent: "`dataset.columns`",
            "The file's own keys for lorad's."),
        .optional(
            "chat_template", \.chatTemplate, .path(example: "tool_use"), absent: "`dataset.chat_template`",
            "What the file's conversations are written with."),
    ]

    /// The file that `chat_template` names; nil where it is a template's name.
    package var chatTemplateFile: String? { DatasetSection.templateFile(chatTemplate) }

    static func check(
        _ section: inout SourceSection, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        let given = ["weight", "repeat", "limit"].compactMap { key in
            node[key] == nil ? nil : node.entry(key)
        }
        for entry in given.dropFirst() {
            context.diagnostics.add(
                entry.position, "\(path)\(entry.key) does not go with \(path)\(given[0].key); a source has one of them")
        }
    }
}
