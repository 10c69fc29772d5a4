import ForeignText
import ModelFiles

/// A template that the interpreter renders, with what a base puts beside the conversation.
struct JinjaForm: Sendable {
    /// What a template sees beside the conversation.
    struct Environment: Sendable {
        let tokenizer: any Tokenizer
        let now: JinjaClock?
    }

    private let template: JinjaTemplate
    private let tokenizer: any Tokenizer
    /// Special tokens by their names, such as `bos_token`, as transformers hands them over.
    private let variables: [JSONObject.Member]
    /// Whether the template reads a content that is a list of parts.
    private let readsParts: Bool

    /// - Throws: `TokenizersError.unsupported` with line and column for what is no Jinja, or none that lorad knows.
    init(_ source: String, _ environment: Environment) throws(TokenizersError) {
        do throws(JinjaError) {
            template = try Self.template(source, JinjaOptions(now: environment.now))
        } catch { throw error.fault }
        tokenizer = environment.tokenizer
        let own = ["messages", "tools", "documents", "add_generation_prompt"]
        variables = tokenizer.specialTokens.filter { !own.contains($0.name) }.map { ($0.name, .string($0.text)) }
        readsParts = Self.readsParts(template, variables)
    }

    private static func template(_ source: String, _ options: JinjaOptions) throws(JinjaError) -> JinjaTemplate {
        do { return try JinjaTemplate(source: source, options: options) } catch let error as JinjaError {
            throw error
        } catch { throw JinjaError(.runtime, "\(error)") }
    }

    /// Whether a text in a list of parts is written as the text alone is.
    private static func readsParts(_ template: JinjaTemplate, _ variables: [JSONObject.Member]) -> Bool {
        func text(_ content: JSONValue) -> String? {
            let message = JSONObject([("role", .string("user")), ("content", content)])
            return try? template.render(context: context([.object(message)], [], false, variables)).text
        }
        let part = JSONObject([("type", .string("text")), ("text", .string("text"))])
        guard let plain = text(.string("text")), let listed = text(.array([.object(part)])) else { return false }
        return plain.utf8.elementsEqual(listed.utf8)
    }

    private static func context(
        _ messages: [JSONValue], _ tools: [JSONValue], _ addGenerationPrompt: Bool, _ variables: [JSONObject.Member]
    ) -> JSONObject {
        JSONObject(
            variables + [
                ("messages", .array(messages)), ("tools", tools.isEmpty ? .null : .array(tools)),
                ("documents", .null), ("add_generation_prompt", .bool(addGenerationPrompt)),
            ])
    }

    private func rendering(_ conversation: Conversation, addGenerationPrompt: Bool) throws(TokenizersError)
        -> JinjaRendering
    {
        let messages = conversation.messages.map { message -> JSONValue in
            .object(message.hasParts && !readsParts ? message.saying(message.content).fields : message.fields)
        }
        do {
            return try template.render(
                context: Self.context(messages, conversation.tools, addGenerationPrompt, variables))
        } catch let error as JinjaError { throw error.fault } catch {
            throw TokenizersError(.unsupported, "The chat template cannot be rendered: \(error)")
        }
    }

    /// The conversation as text.
    ///
    /// - Throws: `TokenizersError` where the template refuses it, or leaves out calls of tools.
    func text(_ conversation: Conversation, addGenerationPrompt: Bool) throws(TokenizersError) -> String {
        let text = try rendering(conversation, addGenerationPrompt: addGenerationPrompt).text
        try checkCalls(conversation, text, addGenerationPrompt: addGenerationPrompt)
        return text
    }

    /// A template that knows no tools writes a turn without its calls.
    private func checkCalls(_ conversation: Conversation, _ text: String, addGenerationPrompt: Bool)
        throws(TokenizersError)
    {
        for (index, message) in conversation.messages.enumerated() where !message.toolCalls.isEmpty {
            let without = conversation.replacing(index, by: message.without(["tool_calls"]))
            let other = try? rendering(without, addGenerationPrompt: addGenerationPrompt).text
            if other?.utf8.elementsEqual(text.utf8) == true { throw ChatTemplate.leavesOutCalls(of: index) }
        }
    }

    // MARK: Turns

    /// The conversation as text, and where the turns of the messages at `places` stand in it.
    ///
    /// - Throws: as `text`; `TokenizersError.unsupported` where a turn cannot be found.
    func render(_ conversation: Conversation, addGenerationPrompt: Bool, seeking places: [Int])
        throws(TokenizersError) -> RenderedConversation
    {
        let whole = try rendering(conversation, addGenerationPrompt: addGenerationPrompt)
        try checkCalls(conversation, whole.text, addGenerationPrompt: addGenerationPrompt)
        guard !places.isEmpty else { return RenderedConversation(text: whole.text, turns: [:]) }
        if template.marksGeneration {
            return RenderedConversation(text: whole.text, turns: try marked(whole, conversation, places))
        }
        let search = TurnSearch(
            text: whole.text, conversation: conversation, endsAsking: addGenerationPrompt
        ) { (conversation, addGenerationPrompt) throws(TokenizersError) in
            try rendering(conversation, addGenerationPrompt: addGenerationPrompt).text
        }
        var turns: [Int: Range<Int>] = [:]
        for place in places { turns[place] = try search.turn(place, endsWithToken: endsWithToken) }
        return RenderedConversation(text: whole.text, turns: turns)
    }

    /// The stretches that the template itself marks, each of which is one turn of the assistant's.
    private func marked(_ whole: JinjaRendering, _ conversation: Conversation, _ places: [Int])
        throws(TokenizersError) -> [Int: Range<Int>]
    {
        let speakers = conversation.messages.indices.filter { conversation.messages[$0].isAssistants }
        guard let generated = whole.generated, generated.count == speakers.count else {
            let found =
                whole.generated.map { "\($0.count) stretches" } ?? "stretches whose place in the text is not known"
            throw TokenizersError(
                .unsupported, "The turns of the assistant cannot be told apart in what the chat template writes.",
                cause: "It marks \(found) by {% generation %} for \(speakers.count) turns.",
                advice: "Name a template in dataset.chat_template that marks each of the assistant's turns once.")
        }
        let byPlace = Dictionary(uniqueKeysWithValues: zip(speakers, generated))
        return byPlace.filter { places.contains($0.key) }
    }

    /// Whether a text ends with a special token.
    private func endsWithToken(_ text: Substring) -> Bool {
        guard let last = tokenizer.encode(String(text.suffix(64)), allowSpecial: true).last else { return false }
        return tokenizer.decode([last], skipSpecial: true).isEmpty
            && !tokenizer.decode([last], skipSpecial: false).isEmpty
    }
}

extension JinjaError {
    /// As an error of tokenizers, which says what to do.
    var fault: TokenizersError {
        let asksForDate = kind == .unsupported && message.contains("asks for the date")
        return TokenizersError(
            kind == .raised || kind == .undefined || kind == .runtime ? .malformed : .unsupported,
            // Templates put their own words into it, and the conversation's.
            ForeignText.shortened(errorDescription ?? message, to: 400), cause: failureReason,
            advice: asksForDate
                ? "State the date that it is to write, as YYYY-MM-DD: dataset.chat_date of a job, --date of a command."
                : recoverySuggestion)
    }
}
