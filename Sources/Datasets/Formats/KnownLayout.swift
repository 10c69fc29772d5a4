import ModelFiles

/// Layouts of other trainers' data sets that are read as they are, told by their keys.
enum KnownLayout: CaseIterable {
    /// `{"instruction", "input"?, "output"}`. https://github.com/tatsu-lab/stanford_alpaca
    case alpaca
    /// `{"conversations": [{"from", "value"}, …]}`.
    case shareGPT

    /// The format that rows are read in.
    var format: RowFormat { self == .alpaca ? .promptCompletion : .messages }

    /// The keys that it is told by.
    var keys: [RowKey] { self == .alpaca ? [.instruction, .output] : [.conversations] }

    /// What a log says after the file's name.
    var described: String {
        switch self {
        case .alpaca: "is in Alpaca's layout: prompts are worded as Alpaca's, completions are 'output'"
        case .shareGPT: "is in ShareGPT's layout: 'conversations' are read as messages"
        }
    }

    /// How the format's keys are made of the layout's.
    var made: [RowKey: RowLayout.Made] {
        switch self {
        case .alpaca:
            [
                .prompt: RowLayout.Made(keys: [.instruction], value: AlpacaRow.prompt),
                .completion: RowLayout.Made(keys: [.output]) { (line) throws(RowComplaint) in
                    .string(try AlpacaRow.text(line, .output))
                },
            ]
        case .shareGPT:
            [
                .messages: RowLayout.Made(keys: [.conversations], value: ShareGPTRow.messages),
                .tools: RowLayout.Made(keys: [.tools], value: ShareGPTRow.tools),
            ]
        }
    }
}
