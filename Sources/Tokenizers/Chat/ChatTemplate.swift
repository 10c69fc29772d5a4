import ForeignText
import Foundation
import ModelFiles

/// How a base wants conversations written: a program in Jinja, rendered as transformers' `apply_chat_template` does
/// (https://huggingface.co/docs/transformers/chat_templating).
///
/// It is foreign text. What renders it is bounded in steps, depth and output, and reaches no file and no clock.
package struct ChatTemplate: Sendable {
    /// Which of a base's templates, or whose.
    package enum Choice: Sendable, Equatable {
        /// The default one, and for conversations with tools `tool_use` where there is one.
        case standard
        case named(String)
        /// A file of the template's text.
        case file(String)

        /// What a manifest's `dataset.chat_template` means: a file where it holds a slash or ends with `.jinja`.
        package init(_ text: String?) {
            guard let text else {
                self = .standard
                return
            }
            self = Self.isFile(text) ? .file(text) : .named(text)
        }

        private static func isFile(_ text: String) -> Bool { text.contains("/") || text.hasSuffix(".jinja") }
    }

    private enum Form: Sendable {
        case known(KnownTemplate)
        case jinja(JinjaForm)
        /// Not asked for by any job that holds no messages, so that it is refused where it is used.
        case refused(TokenizersError)
    }

    private let form: Form
    /// The same for conversations with tools, where it is another.
    private let formForTools: Form?
    /// SHA-256 of the text of the template, or of both, one after the other; nil where there is none that can be told.
    package let sha256: String?
    /// Whether the template speaks of tools at all: one that does not leaves them out.
    package let namesTools: Bool

    private init(_ form: Form, forTools: Form? = nil, sha256: String? = nil, namesTools: Bool = false) {
        self.form = form
        formForTools = forTools
        self.sha256 = sha256
        self.namesTools = namesTools
    }

    package static let chatML = ChatTemplate(.known(.chatML))
    package static let smolLM2 = ChatTemplate(.known(.smolLM2))

    /// The template, where it is one that needs no interpreter.
    package var known: KnownTemplate? { if case .known(let known) = form { known } else { nil } }

    // MARK: Loading

    /// The base's template, or the one that was chosen; nil where the base has none. One that cannot be read as Jinja
    /// throws when it is to render.
    ///
    /// - Parameters:
    ///   - tokenizer: the base's, whose special tokens a template can name.
    ///   - now: what `strftime_now` calls now; a template that asks is refused where there is none.
    ///   - rule: which file may be read.
    /// - Throws: `TokenizersError.missing` for a name that the base does not have; `ModelFilesError` where the file that
    ///   was chosen cannot be read. A file of the base that cannot be read throws when a conversation is to be written.
    package static func load(
        _ base: BaseModelFiles, tokenizer: any Tokenizer, choice: Choice = .standard, now: JinjaClock? = nil,
        rule: ReadingRule = .anything
    ) throws -> ChatTemplate? {
        try load(choice, JinjaForm.Environment(tokenizer: tokenizer, now: now), rule: rule) {
            try base.gguf.map { TemplateSource.all($0, base.path) } ?? TemplateSource.all(base.folder)
        }
    }

    /// The same of a folder or a .gguf, which needs no weights beside it.
    ///
    /// - Parameter families: those that the base may be of.
    package static func load(
        path: String, families: KnownFamilies, tokenizer: any Tokenizer, choice: Choice = .standard,
        now: JinjaClock? = nil
    ) throws -> ChatTemplate? {
        try load(choice, JinjaForm.Environment(tokenizer: tokenizer, now: now), rule: .anything) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            return try isFolder.boolValue
                ? TemplateSource.all(ModelFolder(path, families: families))
                : TemplateSource.all(GGUFFile(path: path), path)
        }
    }

    private static func load(
        _ choice: Choice, _ environment: JinjaForm.Environment, rule: ReadingRule,
        _ templates: () throws -> [TemplateSource.Named]
    ) throws -> ChatTemplate? {
        if case .file(let path) = choice {
            return make(try TemplateSource.file(path, rule: rule), nil, environment)
        }
        let all: [TemplateSource.Named]
        do { all = try templates() } catch let error as TokenizersError {
            return ChatTemplate(.refused(error))
        } catch let error as ModelFilesError {
            // A base whose conversations nobody asks for may have a file of them that cannot be read.
            return ChatTemplate(.refused(TokenizersError(unreadable: error)))
        }
        if case .named(let name) = choice {
            guard let found = all.first(where: { $0.name == name }) else { throw missing(name, all) }
            return make(found, nil, environment)
        }
        guard !all.isEmpty else { return nil }
        let tools = all.first { $0.name == TemplateSource.withTools }
        guard let standard = all.first(where: { $0.name == TemplateSource.standard }) else {
            return ChatTemplate(.refused(missing(TemplateSource.standard, all)))
        }
        return make(standard, tools, environment)
    }

    private static func missing(_ name: String, _ all: [TemplateSource.Named]) -> TokenizersError {
        let names = all.map { ForeignText.shortened($0.name, to: 100) }.joined(separator: ", ")
        return TokenizersError(
            .missing, "The base has no chat template named \(quoted(name)).",
            cause: all.isEmpty ? "It has none at all." : "There is \(names).",
            advice: "Name one that there is, or a file, in dataset.chat_template.")
    }

    private static func make(
        _ source: TemplateSource.Named, _ tools: TemplateSource.Named?, _ environment: JinjaForm.Environment
    ) -> ChatTemplate {
        let texts = source.text + (tools?.text ?? "")
        return ChatTemplate(
            form(source, environment), forTools: tools.map { form($0, environment) },
            sha256: ContentHash.ofBytes(Data(texts.utf8)), namesTools: texts.contains("tools"))
    }

    private static func form(_ source: TemplateSource.Named, _ environment: JinjaForm.Environment) -> Form {
        if let known = KnownTemplate(source.text) { return .known(known) }
        do throws(TokenizersError) { return .jinja(try JinjaForm(source.text, environment)) } catch {
            return .refused(error.at(source.place))
        }
    }

    /// A template of the given text, of no base.
    ///
    /// - Parameter place: what errors call where it stands.
    package static func of(
        _ text: String, place: String, tokenizer: any Tokenizer, now: JinjaClock? = nil
    ) -> ChatTemplate {
        make(
            TemplateSource.Named(name: TemplateSource.standard, text: text, place: place), nil,
            JinjaForm.Environment(tokenizer: tokenizer, now: now))
    }

    // MARK: Rendering

    /// The conversation as text. With `addGenerationPrompt` it ends where the assistant is to speak.
    ///
    /// - Throws: `TokenizersError` for a template that cannot be read, one that refuses the conversation, and one that
    ///   leaves out calls of tools.
    package func render(_ conversation: Conversation, addGenerationPrompt: Bool) throws(TokenizersError) -> String {
        switch form(for: conversation) {
        case .known(let known):
            try known.render(conversation.messages, addGenerationPrompt: addGenerationPrompt).text
        case .jinja(let jinja):
            try jinja.text(conversation, addGenerationPrompt: addGenerationPrompt)
        case .refused(let error): throw error
        }
    }

    /// The conversation as text, and where the turns of some of its messages stand in it.
    ///
    /// - Throws: as `render`; `TokenizersError.unsupported` where the template does not let a turn be found.
    func render(_ conversation: Conversation, addGenerationPrompt: Bool = false, seeking places: [Int])
        throws(TokenizersError) -> RenderedConversation
    {
        switch form(for: conversation) {
        case .known(let known): try known.render(conversation.messages, addGenerationPrompt: addGenerationPrompt)
        case .jinja(let jinja):
            try jinja.render(conversation, addGenerationPrompt: addGenerationPrompt, seeking: places)
        case .refused(let error): throw error
        }
    }

    private func form(for conversation: Conversation) -> Form {
        conversation.tools.isEmpty ? form : formForTools ?? form
    }

    /// A turn with calls would be trained as if it ended without them.
    static func leavesOutCalls(of message: Int) -> TokenizersError {
        TokenizersError(
            .unsupported, "message \(message + 1) has 'tool_calls', which the chat template does not write.",
            advice: "Leave such rows out, or name a template that writes them in dataset.chat_template.")
    }
}

extension TokenizersError {
    /// The same error with the file that it is about.
    fileprivate func at(_ place: String) -> TokenizersError {
        TokenizersError(code, "\(place): \(message)", cause: cause, advice: advice)
    }
}
