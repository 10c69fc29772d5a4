/// Which keys of the data's files stand for lorad's.
package struct ColumnsSection: Section {
    /// The file's key by lorad's.
    package private(set) var names: [DatasetColumn: String] = [:]

    package init() {}

    /// The file's key for one of lorad's; nil where the file calls it so itself.
    package subscript(column: DatasetColumn) -> String? {
        get { names[column] }
        set { names[column] = newValue }
    }

    static let fields: [Field<ColumnsSection>] = DatasetColumn.allCases.map { column in
        .optional(
            column.rawValue, \.[column], .text("key", example: column.example, limit: 256), absent: "the same",
            "The file's key for \(column.meaning).")
    }

    static func check(
        _ section: inout ColumnsSection, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        var seen: [String: String] = [:]
        for entry in node.entries ?? [] {
            guard let column = DatasetColumn(rawValue: entry.key), let name = section[column] else { continue }
            if let other = seen.updateValue(entry.key, forKey: name) {
                context.diagnostics.add(
                    entry.value.position, "\(path)\(entry.key) is the same key as \(path)\(other)")
            }
        }
    }
}

/// A key that lorad reads in rows of data.
package enum DatasetColumn: String, Sendable, CaseIterable {
    case prompt, completion
    case messages, tools
    case text
    case textPair = "text_pair"
    case label, slice
    case instruction, input, output
    case conversations, system

    fileprivate var meaning: String {
        switch self {
        case .prompt, .completion: "the \(rawValue)"
        case .messages: "a conversation's messages"
        case .tools: "the tools of a conversation"
        case .text: "the text"
        case .textPair: "the second text of a pair"
        case .label: "what the text is labelled with"
        case .slice: "`slice`, which `evaluation.slice_by` can name"
        case .instruction, .input, .output: "`\(rawValue)` of Alpaca's layout"
        case .conversations, .system: "`\(rawValue)` of ShareGPT's layout"
        }
    }

    fileprivate var example: String {
        switch self {
        case .prompt: "question"
        case .completion: "answer"
        case .messages, .conversations: "dialog"
        case .tools: "functions"
        case .text: "sentence"
        case .textPair: "sentence2"
        case .label: "stars"
        case .slice: "domain"
        case .instruction: "task"
        case .input: "context"
        case .output: "response"
        case .system: "system_prompt"
        }
    }
}
