import Foundation
import ModelFiles

/// What a model thinks before it answers: a field of its own (`reasoning_content`, `reasoning`, `thinking`), or between
/// `<think>` and `</think>` in the content.
enum Reasoning {
    static let opening = "<think>"
    static let closing = "</think>"

    /// A content without what is thought in it, and without the white space that parts it from the answer.
    static func removed(from content: String) -> String {
        var rest = content
        // A content can begin within, where the template asks the assistant to think.
        if let end = rest.range(of: closing), rest[..<end.lowerBound].range(of: opening) == nil {
            rest = String(rest[end.upperBound...].drop { $0.isWhitespace })
        }
        while let start = rest.range(of: opening), let end = rest[start.upperBound...].range(of: closing) {
            rest = String(rest[..<start.lowerBound]) + rest[end.upperBound...].drop { $0.isWhitespace }
        }
        return rest
    }
}

extension Conversation {
    /// The same without what the assistant thinks.
    var withoutReasoning: Conversation {
        Conversation(
            messages.map { message in
                guard message.isAssistants else { return message }
                let bare = message.without(ChatMessage.reasoningKeys)
                let content = Reasoning.removed(from: bare.content)
                return content == bare.content ? bare : bare.saying(content)
            }, tools: tools)
    }
}

extension Conversation {
    /// With reasoning under the names that templates read.
    package var aliasingReasoning: Conversation { Conversation(messages.map(\.aliasingReasoning), tools: tools) }
}

extension ChatMessage {
    /// Reasoning under the names that templates read, whichever of them the row has: transformers hands it over as
    /// `reasoning_content`, and as `thinking` where that is not there (5.23, `_alias_reasoning_fields` of
    /// utils/chat_template_utils.py).
    fileprivate var aliasingReasoning: ChatMessage {
        let (standard, other) = ("reasoning_content", "thinking")
        let members = fields.members
        let found = [standard, other, "reasoning"].lazy.compactMap { key in
            members.first { $0.key == key && !$0.value.isNull }?.value
        }.first
        guard let reasoning = found else { return self }
        let old = members.first { $0.key == other }
        var aliased: [JSONObject.Member] = [(other, old?.value ?? reasoning)]
        for (key, value) in members where key != other { aliased.append((key, key == standard ? reasoning : value)) }
        if !members.contains(where: { $0.key == standard }) { aliased.append((standard, reasoning)) }
        return ChatMessage(role: role, content: content, fields: JSONObject(aliased), mark: mark)
    }
}

/// Finds what is thought in the assistant's turns of a rendered conversation.
struct ReasoningSearch {
    /// Bytes of UTF-8, ascending, tags included.
    let ranges: [Range<Int>]

    /// - Throws: `TokenizersError.unsupported` where the template writes a message's reasoning in other words.
    init(
        _ conversation: Conversation, _ rendered: RenderedConversation, _ template: ChatTemplate,
        addGenerationPrompt: Bool
    ) throws(TokenizersError) {
        var found: [Range<Int>] = []
        for (place, turn) in rendered.turns.sorted(by: { $0.key < $1.key }) {
            let message = conversation.messages[place]
            guard message.isAssistants else { continue }
            let bytes = Array(rendered.text.utf8.dropFirst(turn.lowerBound).prefix(turn.count))
            let tagged = Self.tagged(bytes)
            found += tagged.map { $0.lowerBound + turn.lowerBound..<$0.upperBound + turn.lowerBound }
            for thought in message.reasoning {
                let trimmed = thought.trimmingCharacters(in: .whitespacesAndNewlines)
                guard !trimmed.isEmpty else { continue }
                if let range = Self.first(Array(trimmed.utf8), in: bytes, from: 0) {
                    found.append(range.lowerBound + turn.lowerBound..<range.upperBound + turn.lowerBound)
                    continue
                }
                let without = conversation.replacing(place, by: message.without(ChatMessage.reasoningKeys))
                let other = try? template.render(without, addGenerationPrompt: addGenerationPrompt)
                guard other?.utf8.elementsEqual(rendered.text.utf8) == true else {
                    throw TokenizersError(
                        .unsupported, "The reasoning of message \(place + 1) cannot be found in its turn, to mask it.",
                        cause: "The chat template writes it in other words than the row.",
                        advice: "Set dataset.reasoning: drop, or as_template to train on it.")
                }
            }
        }
        ranges = Self.merged(found)
    }

    private static func tagged(_ bytes: [UInt8]) -> [Range<Int>] {
        let (opening, closing) = (Array(Reasoning.opening.utf8), Array(Reasoning.closing.utf8))
        var ranges: [Range<Int>] = []
        var from = 0
        while let end = first(closing, in: bytes, from: from) {
            // A turn can begin within, where the template asks the assistant to think.
            let start = first(opening, in: bytes, from: from).flatMap { $0.lowerBound < end.lowerBound ? $0 : nil }
            if start != nil || ranges.isEmpty { ranges.append((start?.lowerBound ?? 0)..<end.upperBound) }
            from = end.upperBound
        }
        return ranges
    }

    private static func first(_ part: [UInt8], in bytes: [UInt8], from: Int) -> Range<Int>? {
        bytes[from...].firstRange(of: part)
    }

    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}
