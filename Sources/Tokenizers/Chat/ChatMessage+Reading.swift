import ModelFiles

extension ChatMessage {
    private static let roles = ["system", "developer", "user", assistant, "tool"]
    /// Marks of other trainers, which would change what is trained if they were ignored.
    private static let otherMarks = ["trainable", "training", "mask", "masked", "loss", "loss_mask", "loss_weight"]
    private static let ownMarks = ["weight", "train"]

    /// A conversation's messages as rows of data hold them, in OpenAI's form:
    /// `[{"role": …, "content": …, "tool_calls"?: …, "weight"?: 0 or 1, "train"?: true or false}]`.
    ///
    /// - Throws: `TokenizersError.malformed` whose message says which message is wrong, to go after a file and a line;
    ///   `.unsupported` for what no text can hold, such as an image.
    package static func conversation(_ value: JSONValue) throws(TokenizersError) -> [ChatMessage] {
        guard let items = value.arrayValue, !items.isEmpty else {
            throw TokenizersError(.malformed, "'messages' must be a list of at least one message.")
        }
        var messages: [ChatMessage] = []
        for (index, item) in items.enumerated() {
            messages.append(try ChatMessage(item, place: "message \(index + 1)"))
        }
        return messages
    }

    private init(_ item: JSONValue, place: String) throws(TokenizersError) {
        guard let fields = item.objectValue else {
            throw TokenizersError(.malformed, "\(place) is \(item.kind); an object with role and content was expected.")
        }
        guard let role = fields["role"]?.stringValue, Self.roles.contains(role) else {
            let found = fields["role"].map { $0.stringValue.map { "'\($0)'" } ?? $0.kind } ?? "missing"
            throw TokenizersError(
                .malformed, "\(place)'s role is \(found); known are \(Self.roles.joined(separator: ", ")).")
        }
        let calls = try Self.calls(fields, role: role, place)
        let content = try Self.content(fields, mayBeMissing: calls != nil, place)
        var members: [JSONObject.Member] = []
        for (key, value) in fields.members where !Self.ownMarks.contains(key) {
            if key == "tool_calls" {
                if let calls { members.append((key, calls)) }
            } else if key != "function_call" {
                members.append((key, value))
            }
        }
        self.init(
            role: role, content: content, fields: JSONObject(members), mark: try Self.mark(fields, role: role, place))
    }

    // MARK: content

    private static func content(_ fields: JSONObject, mayBeMissing: Bool, _ place: String) throws(TokenizersError)
        -> String
    {
        if let text = fields["content"]?.stringValue { return text }
        switch fields["content"] {
        case nil, .null?:
            if mayBeMissing { return "" }
            throw TokenizersError(
                .malformed, "\(place) \(fields["content"] == nil ? "lacks a content" : "has null as its content").",
                advice: "Only a message with tool_calls may say nothing.")
        case .array(let parts)?:
            var texts: [String] = []
            for part in parts { texts.append(try text(of: part, place)) }
            return texts.joined(separator: "\n")
        case let value?: throw TokenizersError(.malformed, "\(place)'s content is \(value.kind); a text was expected.")
        }
    }

    private static func text(of part: JSONValue, _ place: String) throws(TokenizersError) -> String {
        if part["type"]?.stringValue == "text", let text = part["text"]?.stringValue { return text }
        let kind = part["type"]?.stringValue.map { "'\($0)'" } ?? part.kind
        throw TokenizersError(
            .unsupported, "\(place)'s content holds a part of type \(kind); only parts of text can be trained on.",
            advice: "Leave out rows with images or sound.")
    }

    // MARK: calls of tools

    /// The calls, with their arguments as objects, as templates read them; nil where there are none.
    private static func calls(_ fields: JSONObject, role: String, _ place: String) throws(TokenizersError)
        -> JSONValue?
    {
        if let old = fields["function_call"], !old.isNull {
            throw TokenizersError(
                .unsupported, "\(place) has 'function_call', which was replaced by 'tool_calls'.",
                advice:
                    "Write {\"tool_calls\": [{\"type\": \"function\", \"function\": {\"name\": …, \"arguments\": …}}]}."
            )
        }
        guard let value = fields["tool_calls"], !value.isNull else { return nil }
        guard let calls = value.arrayValue else {
            throw TokenizersError(.malformed, "\(place)'s 'tool_calls' is \(value.kind); a list was expected.")
        }
        guard !calls.isEmpty else { return nil }
        guard role == assistant else {
            throw TokenizersError(
                .malformed, "\(place) is the \(role)'s and has 'tool_calls'; only the assistant calls.")
        }
        var read: [JSONValue] = []
        for call in calls { read.append(try Self.call(call, place)) }
        return .array(read)
    }

    /// OpenAI writes the arguments as JSON in a string, templates read them as an object.
    private static func call(_ call: JSONValue, _ place: String) throws(TokenizersError) -> JSONValue {
        guard let fields = call.objectValue else {
            throw TokenizersError(.malformed, "\(place) has a tool call that is \(call.kind); an object was expected.")
        }
        guard let function = fields["function"]?.objectValue else {
            guard fields["name"]?.stringValue != nil else {
                throw TokenizersError(.malformed, "\(place) has a tool call without a function and its name.")
            }
            return .object(try withArguments(fields, place))
        }
        guard function["name"]?.stringValue != nil else {
            throw TokenizersError(.malformed, "\(place) has a tool call without a function and its name.")
        }
        let inner = try withArguments(function, place)
        return .object(
            JSONObject(fields.members.map { ($0.key, $0.key == "function" ? JSONValue.object(inner) : $0.value) }))
    }

    private static func withArguments(_ function: JSONObject, _ place: String) throws(TokenizersError) -> JSONObject {
        guard let written = function["arguments"]?.stringValue else { return function }
        let value = try? JSONReader.parse(written, name: "arguments")
        guard let value, value.objectValue != nil else {
            throw TokenizersError(
                .malformed, "\(place) calls a tool with arguments that are no JSON object: \(quoted(written)).")
        }
        return JSONObject(function.members.map { ($0.key, $0.key == "arguments" ? value : $0.value) })
    }

    // MARK: marks

    /// What the message says of itself; nil where it says nothing.
    private static func mark(_ fields: JSONObject, role: String, _ place: String) throws(TokenizersError) -> Bool? {
        if let other = otherMarks.first(where: { fields[$0] != nil }) {
            throw TokenizersError(
                .malformed, "\(place) has '\(other)', which lorad does not know; use 'weight': 0 or 'train': false.")
        }
        let weight = try weight(fields, place)
        let train = try train(fields, place)
        if let weight, let train, weight != train {
            throw TokenizersError(.malformed, "\(place)'s 'weight' and 'train' contradict one another.")
        }
        guard let mark = weight ?? train else { return nil }
        guard !mark || role == assistant else {
            throw TokenizersError(
                .malformed, "\(place) is the \(role)'s and marked to be trained on; only the assistant's turns can be.")
        }
        return mark
    }

    private static func weight(_ fields: JSONObject, _ place: String) throws(TokenizersError) -> Bool? {
        guard let value = fields["weight"], !value.isNull else { return nil }
        switch value.doubleValue {
        case 0: return false
        case 1: return true
        default:
            let found = value.doubleValue.map { "\($0)" } ?? value.kind
            throw TokenizersError(.malformed, "\(place)'s 'weight' is \(found); 0 and 1 are known.")
        }
    }

    private static func train(_ fields: JSONObject, _ place: String) throws(TokenizersError) -> Bool? {
        guard let value = fields["train"], !value.isNull else { return nil }
        guard let mark = value.boolValue else {
            throw TokenizersError(.malformed, "\(place)'s 'train' is \(value.kind); true and false are known.")
        }
        return mark
    }
}
