import ModelFiles

/// One turn of a conversation.
package struct ChatMessage: Sendable {
    /// `system`, `developer`, `user`, `assistant` or `tool`.
    package let role: String
    /// What is said; the texts of several parts one a line. Empty where the turn says nothing, as one that only calls
    /// tools.
    package let content: String
    /// The message as a template reads it, without the marks of what is trained.
    package let fields: JSONObject
    /// Whether the row marks the turn to be trained on, or not to be; nil where it says nothing.
    package let mark: Bool?

    /// A turn that is nothing but text.
    ///
    /// - Parameter isTrained: nil for what the role says.
    package init(role: String, content: String, isTrained: Bool? = nil) {
        self.init(
            role: role, content: content,
            fields: JSONObject([("role", .string(role)), ("content", .string(content))]), mark: isTrained)
    }

    init(role: String, content: String, fields: JSONObject, mark: Bool?) {
        self.role = role
        self.content = content
        self.fields = fields
        self.mark = mark
    }

    /// Whether the turn is trained on, and scored, where all of the assistant's are: those that are not marked otherwise.
    package var isTrained: Bool { mark ?? isAssistants }

    /// Whether the assistant speaks.
    package var isAssistants: Bool { role == Self.assistant }

    static let assistant = "assistant"

    /// Keys under which data sets keep what a model thinks before it answers.
    static let reasoningKeys = ["reasoning_content", "reasoning", "thinking"]

    /// The reasoning that stands apart from the content, in the order of the fields.
    var reasoning: [String] {
        fields.members.filter { Self.reasoningKeys.contains($0.key) }.compactMap(\.value.stringValue)
            .filter { !$0.isEmpty }
    }

    /// The tools that the turn calls, as the row has them.
    var toolCalls: [JSONValue] { fields["tool_calls"]?.arrayValue ?? [] }

    /// Whether the content is a list of parts.
    var hasParts: Bool { fields["content"]?.arrayValue != nil }

    /// The same turn with another text in the place of its content.
    func saying(_ text: String) -> ChatMessage {
        ChatMessage(
            role: role, content: text, fields: fields.setting("content", to: .string(text)), mark: mark)
    }

    /// The same turn without some of its fields.
    func without(_ keys: [String]) -> ChatMessage {
        ChatMessage(
            role: role, content: content, fields: JSONObject(fields.members.filter { !keys.contains($0.key) }),
            mark: mark)
    }
}

extension ChatMessage: Equatable {
    /// Fields count by their text.
    package static func == (one: ChatMessage, other: ChatMessage) -> Bool {
        one.role == other.role && one.mark == other.mark && one.content.utf8.elementsEqual(other.content.utf8)
            && JSONText.document(.object(one.fields)) == JSONText.document(.object(other.fields))
    }
}
