import ModelFiles

/// What a chat template writes: messages, and the tools that the assistant may call.
package struct Conversation: Sendable {
    package let messages: [ChatMessage]
    /// Descriptions of tools, as OpenAI's API takes them; empty where there are none.
    package let tools: [JSONValue]

    package init(_ messages: [ChatMessage], tools: [JSONValue] = []) {
        self.messages = messages
        self.tools = tools
    }

    /// A row's conversation.
    ///
    /// - Parameters:
    ///   - messages: see `ChatMessage.conversation`.
    ///   - tools: `[{"type": "function", "function": {"name": …, "description": …, "parameters": JSON schema}}]`.
    /// - Throws: `TokenizersError` whose message says what is wrong, to go after a file and a line.
    package init(messages: JSONValue, tools: JSONValue?) throws(TokenizersError) {
        self.init(try ChatMessage.conversation(messages), tools: try Self.tools(tools))
    }

    /// The tools of a row, or of a file.
    ///
    /// - Throws: `TokenizersError.malformed` for what is no list of objects.
    package static func tools(_ value: JSONValue?) throws(TokenizersError) -> [JSONValue] {
        guard let value, !value.isNull else { return [] }
        guard let tools = value.arrayValue else {
            throw TokenizersError(.malformed, "'tools' is \(value.kind); a list of tools was expected.")
        }
        for (index, tool) in tools.enumerated() where tool.objectValue == nil {
            throw TokenizersError(.malformed, "tool \(index + 1) is \(tool.kind); an object was expected.")
        }
        return tools
    }

    /// The beginning of the conversation, up to a message.
    func prefix(_ count: Int) -> Conversation { Conversation(Array(messages.prefix(count)), tools: tools) }

    /// The same with another message in the place of one.
    func replacing(_ index: Int, by message: ChatMessage) -> Conversation {
        var messages = messages
        messages[index] = message
        return Conversation(messages, tools: tools)
    }
}

extension Conversation: Equatable {
    /// Tools count by their text.
    package static func == (one: Conversation, other: Conversation) -> Bool {
        one.messages == other.messages
            && JSONText.document(.array(one.tools)) == JSONText.document(.array(other.tools))
    }
}
