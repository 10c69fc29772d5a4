import ArgumentParser
import Common
import Evaluation
import ForeignText
import Foundation
import ModelFiles
import Tokenizers
import Transformers
import Views

/// How commands write conversations.
struct ChatOptions: ParsableArguments {
    @Option(help: "The base's chat template of that name; or a file of one, where it holds a / or ends with .jinja.")
    var chatTemplate: String?
    @Option(help: "The date that a chat template writes, YYYY-MM-DD; today where nothing is said.")
    var date: String?

    var choice: ChatTemplate.Choice { ChatTemplate.Choice(chatTemplate) }

    func validate() throws {
        if let date, Self.clock(date) == nil { throw ValidationError("--date \(date) is no day, such as 2026-11-29.") }
    }

    /// What `strftime_now` calls now.
    var now: JinjaClock? {
        if let date { return Self.clock(date) }
        let today = Calendar(identifier: .gregorian).dateComponents(
            [.year, .month, .day, .hour, .minute, .second], from: Date())
        return CalendarDay(year: today.year ?? 0, month: today.month ?? 0, day: today.day ?? 0).flatMap {
            JinjaClock(
                $0, hour: today.hour ?? 0, minute: today.minute ?? 0, second: min(59, today.second ?? 0))
        }
    }

    private static func clock(_ text: String) -> JinjaClock? { CalendarDay(text).flatMap { JinjaClock($0) } }

    /// - Throws: `TokenizersError.missing` where there is no template.
    static func require(_ template: ChatTemplate?, _ base: String) throws -> ChatTemplate {
        if let template { return template }
        throw TokenizersError(
            .missing, "\(base) brings no chat template.", advice: "Name a file of one with --chat-template.")
    }
}

struct Tokenize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the token ids of a text, or of a conversation.",
        discussion: """
            A conversation is a file of {"messages": [{"role": …, "content": …}, …]}, written by the base's chat template \
            as transformers' apply_chat_template does. With it, each token is marked that a job would train.
            """)

    @Option(help: "A folder with tokenizer.json, or a .gguf file; weights are not needed.")
    var base: String
    @Argument(help: "The text; special tokens in it are recognised.")
    var text: String?
    @Option(help: "A file of JSON with one conversation.")
    var messages: String?
    @Option(help: "A file of JSON with a list of tools; those that stand beside the messages win.")
    var tools: String?
    @Flag(help: "End the conversation where the assistant is to speak.")
    var generationPrompt = false
    @OptionGroup var chat: ChatOptions
    @Flag(help: "JSON on stdout.")
    var json = false

    func validate() throws {
        guard (text == nil) != (messages == nil) else {
            throw ValidationError("Give either a text or --messages.")
        }
        guard messages != nil || (tools == nil && !generationPrompt) else {
            throw ValidationError("--tools and --generation-prompt go with --messages.")
        }
    }

    func run() throws {
        let tokenizer = try TokenizerLoader.load(path: base, families: ModelFamilies.files)
        if let messages { return try tokenize(try conversation(messages), tokenizer) }
        let ids = tokenizer.encode(text ?? "", allowSpecial: true)
        if json { return try Output.json(TokenizeAnswer(ids: ids, tokens: ids.map(tokenizer.piece))) }
        for id in ids { Output.block("\(id)\t\(ForeignText.line(tokenizer.piece(id)))") }
    }

    private func tokenize(_ conversation: Conversation, _ tokenizer: any Tokenizer) throws {
        let template = try ChatOptions.require(
            ChatTemplate.load(
                path: base, families: ModelFamilies.files, tokenizer: tokenizer, choice: chat.choice, now: chat.now),
            base)
        let tokens = try ConversationTokens(
            conversation, template: template, tokenizer: tokenizer, addGenerationPrompt: generationPrompt)
        let trained = Set(tokens.trained)
        if json {
            return try Output.json(
                ConversationAnswer(
                    text: tokens.text, ids: tokens.ids, trained: tokens.ids.indices.map(trained.contains)))
        }
        for (place, id) in tokens.ids.enumerated() {
            let mark = trained.contains(place) ? "trained" : "-"
            Output.block("\(id)\t\(mark)\t\(ForeignText.line(tokenizer.piece(id)))")
        }
    }

    private func conversation(_ path: String) throws -> Conversation {
        let file = try Self.json(path)
        let known = ["messages", "tools"]
        guard let object = file.objectValue, let messages = object["messages"] else {
            throw TokenizersError(
                .malformed, "\(path) holds no conversation.", advice: "Write {\"messages\": [{\"role\": …, …}]}.")
        }
        if let other = object.keys.first(where: { !known.contains($0) }) {
            throw TokenizersError(
                .malformed, "\(path) holds \(quoted(other)); known are messages and tools.")
        }
        let own = object["tools"].flatMap { $0.isNull ? nil : $0 }
        return try Conversation(messages: messages, tools: own ?? tools.map(Self.json))
    }

    private static func json(_ path: String) throws -> JSONValue {
        let data = try RegularFile.read(path, limit: 16 << 20)
        return try data.withUnsafeBytes { try JSONReader.parse($0, name: path) }
    }
}

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Continues a text, or answers in a chat; greedily, or by sampling.")

    @OptionGroup var model: ModelOptions
    @Option(help: "The text to continue; with --chat, what the user says.")
    var prompt: String
    @Flag(help: "Write the prompt by the base's chat template.")
    var chat = false
    @Option(help: "With --chat, what the system says first.")
    var system: String?
    @OptionGroup var options: ChatOptions
    @Option(
        parsing: .unconditional, help: "Most tokens to add, 64 where nothing is said.",
        transform: WholeNumber.within(1...1_048_576))
    var maxNewTokens = 64
    @OptionGroup var sampling: SamplingOptions
    @Flag(help: "JSON on stdout.")
    var json = false

    func validate() throws {
        guard chat || (system == nil && options.chatTemplate == nil && options.date == nil) else {
            throw ValidationError("--system, --chat-template and --date go with --chat.")
        }
    }

    func run() throws {
        let adapter = self.model.adapter
        let (files, model, tokenizer) = try model.load()
        if !chat, adapter == nil, isPlainText(tokenizer), (try? template(files, tokenizer)) != nil {
            Terminal.error(
                "hint: this base has a chat template; with --chat it answers the prompt instead of continuing it")
        }
        let generator = TextGenerator(
            tokenizer: tokenizer, endTokens: try EndTokens.of(files, tokenizer), maximumNewTokens: maxNewTokens,
            choice: sampling.choice)
        let ids = generator.encode(try chat ? conversation(files, tokenizer) : prompt, isRendered: chat)
        let answer = try generator.generate(model, prompt: ids, name: "prompt")
        if json { return try Output.json(GenerateAnswer(text: answer.text, ids: answer.ids, promptIDs: ids)) }
        Output.generated(answer.text)
    }

    /// Whether no special token stands in the prompt, as there does where a template wrote it already.
    private func isPlainText(_ tokenizer: any Tokenizer) -> Bool {
        tokenizer.encode(prompt, allowSpecial: true) == tokenizer.encode(prompt, allowSpecial: false)
    }

    private func template(_ files: BaseModelFiles, _ tokenizer: any Tokenizer) throws -> ChatTemplate {
        try ChatOptions.require(
            ChatTemplate.load(files, tokenizer: tokenizer, choice: options.choice, now: options.now), files.path)
    }

    private func conversation(_ files: BaseModelFiles, _ tokenizer: any Tokenizer) throws -> String {
        let template = try template(files, tokenizer)
        try model.require(template, files)
        let messages = [system.map { ChatMessage(role: "system", content: $0) }].compactMap(\.self)
        return try template.render(
            Conversation(messages + [ChatMessage(role: "user", content: prompt)]), addGenerationPrompt: true)
    }
}
