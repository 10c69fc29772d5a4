/// The rows to train on. `dataset: FILE` is short for `dataset: {train: FILE}`.
package struct DatasetSection: Section {
    /// The rows to train on.
    package var train: TrainingFiles = ""
    /// JSON lines whose loss is watched during training.
    package var validation: String?
    /// How a row is laid out; nil where it is to be inferred from the first row's keys.
    package var format: DatasetFormat?
    /// Which of the files' keys stand for lorad's; nil where all have lorad's own.
    package var columns: ColumnsSection?
    /// What rows of the format `classification` are predicted to be; nil where their labels say it.
    package var task: SequenceTask?
    /// The classes' names, in the order of the head's rows; nil where they are those of the training rows.
    package var labels: [String]?
    /// The base's template of this name, or a file of one; nil for the base's own.
    package var chatTemplate: String?
    /// The date that a template is told where it asks for it, `YYYY-MM-DD`; nil: one that asks is refused.
    package var chatDate: String?
    /// The file of tools that conversations may call whose rows name none.
    package var tools: String?
    /// Which turns of conversations are trained on; nil for the assistant's.
    package var trainOn: TrainedTurns?
    /// What becomes of reasoning in conversations; nil for what the template does with it.
    package var reasoning: ReasoningUse?

    static let fields: [Field<DatasetSection>] =
        [
            .required(
                "train", \.train, .trainingFiles, missing: "name the file of rows to train on",
                "The file of rows to train on, or a list of several that are mixed."),
            .optional(
                "validation", \.validation, .path(example: "data/validation.jsonl"), absent: "none",
                "JSON lines whose loss is measured during training."),
            .optional(
                "format", \.format, .choice(), absent: "inferred from the rows' keys", "How a row is laid out."),
            .optional(
                "columns", \.columns, .section("{prompt: instruction, completion: output}"), absent: "the same keys",
                "The files' own keys for lorad's, in the rows of `train`, `validation` and `evaluation.data`."),
            .optional(
                "task", \.task, .choice(), absent: "regression where a label has a fraction",
                "What `classification` rows are predicted to be: a class, or a number."),
            .optional(
                "labels", \.labels,
                .list(
                    of: .text("label", example: "positive", limit: 1_024), ListRule(atLeast: 2, atMost: 5_000),
                    example: "[negative, positive]"),
                absent: "those of the training rows, sorted",
                "The classes' names; a whole number as a row's label is a place in this list, from 0."),
        ] + conversationFields

    private static let conversationFields: [Field<DatasetSection>] = [
        .optional(
            "chat_template", \.chatTemplate, .path(example: "tool_use"), absent: "the base's default",
            "The base's chat template of that name; or a file of one, where it holds a `/` or ends with `.jinja`."),
        .optional(
            "chat_date", \.chatDate, .date, absent: "none",
            "The date that a chat template writes where it asks for today's. One that asks is refused without it."),
        .optional(
            "tools", \.tools, .path(example: "data/tools.json"), absent: "the rows' own",
            "A JSON file of the tools that `messages` may call, as OpenAI's API takes them; a row's own `tools` win."),
        .optional(
            "train_on", \.trainOn, .choice(), absent: "`assistant`",
            "Which turns of `messages` are trained on: the assistant's, the last of them, or the whole text."),
        .optional(
            "reasoning", \.reasoning, .choice(), absent: "`as_template`",
            "What becomes of reasoning in `messages`: as the chat template has it, read but not trained, or taken out."),
    ]

    /// The file that `chat_template` names; nil where it is a template's name.
    package var chatTemplateFile: String? { Self.templateFile(chatTemplate) }

    static func templateFile(_ name: String?) -> String? {
        name.flatMap { $0.contains("/") || $0.hasSuffix(".jinja") ? $0 : nil }
    }

    /// The files that templates stand in, each with the key that names it.
    package var chatTemplateFiles: [(key: String, path: String)] {
        let own = chatTemplateFile.map { [("dataset.chat_template", $0)] } ?? []
        return own
            + train.sources.enumerated().compactMap { index, source in
                source.chatTemplateFile.map { ("dataset.train[\(index)].chat_template", $0) }
            }
    }

    static func check(
        _ section: inout DatasetSection, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        checkLabels(section, node, &context, path)
        checkConversations(section, node, &context, path)
        TrainingFiles.check(section, node, &context, path)
        guard let validation = section.validation, section.train.paths.contains(validation),
            let second = node.later(of: "train", "validation")
        else { return }
        let relation = section.train.sources.isEmpty ? "are the same file" : "share a file"
        context.diagnostics.add(
            second.position,
            "\(path)train and \(path)validation \(relation); a loss on rows trained on says little")
    }

    /// Keys that speak of conversations.
    private static func checkConversations(
        _ section: DatasetSection, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        guard let format = section.format, format != .messages else { return }
        for key in ["chat_template", "chat_date", "tools", "train_on", "reasoning"] where node[key] != nil {
            guard let second = node.later(of: "format", key) else { continue }
            context.diagnostics.add(
                second.position,
                "\(path)\(key) is about conversations; it goes with \(path)format messages, not \(format.rawValue)")
        }
    }

    /// `task` and `labels` speak of rows that have a label.
    private static func checkLabels(
        _ section: DatasetSection, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        if let format = section.format, format != .classification {
            for key in ["task", "labels"] where node[key] != nil {
                guard let second = node.later(of: "format", key) else { continue }
                context.diagnostics.add(
                    second.position,
                    "\(path)\(key) is about rows with a label; it goes with \(path)format classification, "
                        + "not \(format.rawValue)")
            }
        }
        if section.task == .regression, let second = node.later(of: "task", "labels") {
            context.diagnostics.add(
                second.position, "\(path)task regression predicts a number and has no \(path)labels")
        }
    }
}

/// The layouts of a row.
package enum DatasetFormat: String, Sendable, CaseIterable, Codable {
    case promptCompletion = "prompt_completion"
    case messages
    case text
    case classification
}

/// Which turns of a conversation are trained on.
package enum TrainedTurns: String, Sendable, CaseIterable, Codable {
    case assistant, last, all
}

/// What becomes of the reasoning in a conversation.
package enum ReasoningUse: String, Sendable, CaseIterable, Codable {
    case asTemplate = "as_template"
    case mask, drop
}

/// What a text is predicted to be.
package enum SequenceTask: String, Sendable, CaseIterable, Codable {
    case classification, regression
}
