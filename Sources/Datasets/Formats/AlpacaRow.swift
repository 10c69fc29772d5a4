import Common
import ModelFiles

/// A row of Alpaca's layout as a prompt and a completion.
enum AlpacaRow {
    /// The prompts that Alpaca was trained on, word by word; the answer follows without a line's end between.
    /// https://github.com/tatsu-lab/stanford_alpaca, train.py, `PROMPT_DICT`.
    static func prompt(_ line: JSONLine) throws(RowComplaint) -> JSONValue? {
        let instruction = try text(line, .instruction)
        let value = try line.stored(RowKey.input.rawValue)
        let input = value.map(\.isNull) == false ? try text(line, .input) : ""
        guard !input.isEmpty else {
            return .string(
                "Below is an instruction that describes a task. "
                    + "Write a response that appropriately completes the request.\n\n"
                    + "### Instruction:\n\(instruction)\n\n### Response:")
        }
        return .string(
            "Below is an instruction that describes a task, paired with an input that provides further context. "
                + "Write a response that appropriately completes the request.\n\n"
                + "### Instruction:\n\(instruction)\n\n### Input:\n\(input)\n\n### Response:")
    }

    static func text(_ line: JSONLine, _ key: RowKey) throws(RowComplaint) -> String {
        let name = line.name(of: key.rawValue)
        guard let value = try line.stored(key.rawValue) else {
            let closest = Suggestion.closest(to: name, among: line.keys)
            throw RowComplaint(
                line: line.number, text: "\(quoted(name)) is missing" + (closest.map { "; '\($0)' was found." } ?? "."))
        }
        if let text = value.stringValue { return text }
        throw RowComplaint(line: line.number, text: "\(quoted(name)) is \(value.kind), a string was expected.")
    }
}
