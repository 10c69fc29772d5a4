import ModelFiles

/// One turn of a conversation.
package struct ChatMessage: Sendable, Equatable {
    /// `system`, `user` or `assistant`.
    package let role: String
    package let content: String
    /// Whether the turn is trained on, and scored: of the assistant's, those that are not marked otherwise.
    package let isTrained: Bool

    /// - Parameter isTrained: nil for what the role says.
    package init(role: String, content: String, isTrained: Bool? = nil) {
        self.role = role
        self.content = content
        self.isTrained = isTrained ?? (role == Self.assistant)
    }

    static let assistant = "assistant"
}

// MARK: Reading

extension ChatMessage {
    private static let roles = ["system", "user", assistant]
    /// Marks of other trainers, which would change what is trained if they were passed over.
    private static let otherMarks = ["trainable", "training", "mask", "masked", "loss", "loss_mask", "loss_weight"]

    /// A conversation as rows of data hold it: `[{"role": …, "content": …, "weight"?: 0 or 1, "train"?: true or false}]`.
    ///
    /// - Throws: `TokenizersError.malformed` whose message says which message is wrong, to go after a file and a line;
    ///   `.unsupported` for what no template that lorad knows can write, such as tool calls.
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
        try Self.refuseCalls(fields, place)
        self.init(
            role: role, content: try Self.content(fields, place),
            isTrained: try Self.mark(fields, role: role, place))
    }

    private static func content(_ fields: JSONObject, _ place: String) throws(TokenizersError) -> String {
        if let text = fields["content"]?.stringValue { return text }
        switch fields["content"] {
        case nil: throw TokenizersError(.malformed, "\(place) lacks a content.")
        case .array?:
            throw TokenizersError(
                .unsupported, "\(place)'s content is a list of parts; a single text was expected.",
                advice: "Join the texts of the parts, and leave out rows with images or sound.")
        case let value?: throw TokenizersError(.malformed, "\(place)'s content is \(value.kind); a text was expected.")
        }
    }

    /// A turn with calls would be trained as if it ended without them.
    private static func refuseCalls(_ fields: JSONObject, _ place: String) throws(TokenizersError) {
        for key in ["tool_calls", "function_call"] {
            guard let calls = fields[key], !calls.isNull, calls.arrayValue?.isEmpty != true else { continue }
            throw TokenizersError(
                .unsupported, "\(place) has '\(key)', which no chat template that lorad knows can write.",
                advice: "Leave such rows out, or write prompts and completions with the calls spelled out.")
        }
    }

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
