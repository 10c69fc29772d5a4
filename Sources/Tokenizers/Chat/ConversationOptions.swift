/// What of a conversation is trained on, and scored.
package struct ConversationOptions: Sendable, Equatable {
    /// Which turns.
    package enum Turns: String, CaseIterable, Sendable {
        /// Every turn of the assistant's that is not marked otherwise.
        case assistant
        /// The last of the assistant's, and those that are marked.
        case last
        /// The whole text, without the assistant's turns that are marked not to be.
        case all
    }

    /// What becomes of the model's reasoning before its answers.
    package enum Reasoning: String, CaseIterable, Sendable {
        /// The template says whether it is written, and what is written is trained like the answer.
        case asTemplate = "as_template"
        /// It is read and not trained.
        case mask
        /// It is taken out before the template sees it.
        case drop
    }

    package var turns: Turns
    package var reasoning: Reasoning
    /// Whether a template finds reasoning under the names that it reads, whichever the row has, as with transformers; else
    /// under the row's own.
    package var aliasesReasoning: Bool

    package init(turns: Turns = .assistant, reasoning: Reasoning = .asTemplate, aliasesReasoning: Bool = true) {
        self.turns = turns
        self.reasoning = reasoning
        self.aliasesReasoning = aliasesReasoning
    }

    /// The places of the messages whose turns are to be found in the text: those that are trained, or with `.all` those
    /// that are not.
    func sought(_ messages: [ChatMessage]) -> [Int] {
        let last = messages.lastIndex(where: \.isAssistants)
        return messages.indices.filter { index in
            let message = messages[index]
            return switch turns {
            case .assistant: message.isTrained
            case .last: message.mark ?? (index == last)
            case .all: message.isAssistants && message.mark == false
            }
        }
    }
}
