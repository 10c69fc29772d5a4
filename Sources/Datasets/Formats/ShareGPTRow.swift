import Common
import ForeignText
import ModelFiles

/// A row of ShareGPT's layout as messages.
enum ShareGPTRow {
    /// Who speaks, as its data sets spell it.
    private static let roles = [
        "human": "user", "user": "user",
        "gpt": "assistant", "chatgpt": "assistant", "assistant": "assistant", "model": "assistant", "bot": "assistant",
        "system": "system",
        "tool": "tool", "observation": "tool", "function_response": "tool", "tool_response": "tool",
    ]

    /// The messages, a system prompt that stands beside them first; whatever else a turn says, such as its weight, is
    /// kept. Turns that have a `role` already stay as they are.
    static func messages(_ line: JSONLine) throws(RowComplaint) -> JSONValue? {
        let name = line.name(of: RowKey.conversations.rawValue)
        func complaint(_ text: String) -> RowComplaint { RowComplaint(line: line.number, text: text) }
        guard let value = try line.stored(RowKey.conversations.rawValue) else {
            throw complaint("\(quoted(name)) is missing.")
        }
        guard let turns = value.arrayValue else {
            throw complaint("\(quoted(name)) is \(value.kind), a list of turns was expected.")
        }
        var messages: [JSONValue] = []
        if let system = try line.stored(RowKey.system.rawValue)?.stringValue, !system.isEmpty {
            messages.append(.object(JSONObject([("role", .string("system")), ("content", .string(system))])))
        }
        for (index, turn) in turns.enumerated() {
            guard let fields = turn.objectValue else {
                throw complaint("turn \(index + 1) is \(turn.kind); an object with from and value was expected.")
            }
            if fields["from"] == nil, fields["role"] != nil {
                messages.append(turn)
                continue
            }
            messages.append(try message(fields, "turn \(index + 1)", line.number))
        }
        return .array(messages)
    }

    private static func message(_ fields: JSONObject, _ place: String, _ line: Int) throws(RowComplaint) -> JSONValue {
        guard let from = fields["from"]?.stringValue, let role = roles[from.lowercased()] else {
            let found = fields["from"].map { $0.stringValue.map { ForeignText.quoted($0, limit: 100) } ?? $0.kind }
            throw RowComplaint(
                line: line,
                text: "\(place) is from \(found ?? "nobody: 'from' is missing"); known are "
                    + "\(roles.keys.sorted().joined(separator: ", ")).")
        }
        guard let value = fields["value"] else {
            let closest = Suggestion.closest(to: "value", among: fields.keys)
            throw RowComplaint(
                line: line, text: "\(place) lacks 'value'" + (closest.map { "; \(quoted($0)) was found." } ?? "."))
        }
        let others = fields.members.filter { !["from", "value", "role", "content"].contains($0.key) }
        return .object(JSONObject([("role", .string(role)), ("content", value)] + others))
    }

    /// Descriptions of tools, which some of its data sets write as JSON in a string.
    static func tools(_ line: JSONLine) throws(RowComplaint) -> JSONValue? {
        let value = try line.stored(RowKey.tools.rawValue)
        guard let text = value?.stringValue else { return value }
        guard !text.isEmpty else { return nil }
        do { return try JSONReader.parse(text, name: "tools") } catch {
            throw RowComplaint(line: line.number, text: "'tools' is a string that is no JSON.")
        }
    }
}
