import Common
import Datasets
import ModelFiles
import Tokenizers

/// Reads regression prompts: JSON lines of `{"id": "…", "prompt": "…", "expect": {"contains": "…"}}`, see `Expectation`, or
/// for texts that are classified `{"id": "…", "prompt": "…", "text_pair": "…", "expect": {"label": "…"}}`.
///
/// `expect` and `text_pair` may be left out, and promptfoo's `assert` may stand beside; several conditions must all hold. In the place of `prompt` may stand
/// `messages`, with `tools` where there are any: a conversation after which the assistant is to speak.
package struct RegressionPrompts {
    /// Writes a conversation as its base's chat template does.
    package typealias Renderer = (Conversation) throws -> String

    private let labels: SequenceLabels?
    private let render: Renderer?
    private var prompts: [RegressionPrompt] = []
    private var mistakes: [String] = []
    private var lineOfID: [String: Int] = [:]

    /// Every prompt, in order.
    ///
    /// - Parameters:
    ///   - labels: of a classification, whose prompts can expect one of them; nil: the model generates text.
    ///   - render: nil where there is no chat template; a conversation is a mistake then.
    /// - Throws: `EvaluationError.malformed` that lists the first 20 mistakes in the file, one a line; `TokenizersError`
    ///   for a file that cannot be read or a line that is not JSON.
    package static func read(
        _ path: String, labels: SequenceLabels? = nil, render: Renderer? = nil
    ) throws -> [RegressionPrompt] {
        try read(DataFile.read(path), labels: labels, render: render)
    }

    /// The same of a file that was read.
    ///
    /// - Throws: as `read` of a path.
    package static func read(
        _ file: RowFile, labels: SequenceLabels? = nil, render: Renderer? = nil
    ) throws -> [RegressionPrompt] {
        let path = file.path
        var reader = RegressionPrompts(labels: labels, render: render)
        for line in file.lines { reader.add(DataFields(path: path, line: line)) }
        if reader.prompts.isEmpty && reader.mistakes.isEmpty {
            reader.mistakes.append("\(path) holds no prompts.")
        }
        if reader.prompts.count > NameLimits.prompts {
            reader.mistakes.append(
                "\(path) holds \(reader.prompts.count) prompts; there may be at most \(NameLimits.prompts).")
        }
        guard reader.mistakes.isEmpty else {
            let shown = 20
            let rest = reader.mistakes.count > shown ? ["and \(reader.mistakes.count - shown) mistakes more"] : []
            throw EvaluationError(.malformed, (reader.mistakes.prefix(shown) + rest).joined(separator: "\n"))
        }
        return reader.prompts
    }

    private init(labels: SequenceLabels?, render: Renderer?) {
        self.labels = labels
        self.render = render
    }

    private mutating func add(_ fields: DataFields) {
        let isConversation = labels == nil && fields.has("messages") && !fields.has("prompt")
        mistakes += fields.unknownNames(
            known: isConversation
                ? ["id", "messages", "tools", "expect", "assert"]
                : ["id", "prompt", "expect"] + (labels == nil ? ["assert"] : ["text_pair"]))
        let id = text(fields, "id")
        let prompt = isConversation ? conversation(fields) : text(fields, "prompt")
        let pair = labels != nil && fields.has("text_pair") ? text(fields, "text_pair") : nil
        var conditions = ExpectationReader(labels: labels)
        let expectations = conditions.read(fields)
        mistakes += conditions.mistakes
        if let id { claim(id, fields) }
        guard let id, let prompt else { return }
        prompts.append(
            RegressionPrompt(id: id, prompt: prompt, pair: pair, isRendered: isConversation, expectations: expectations)
        )
    }

    /// The text of a conversation; nil, and a mistake noted, where there is none.
    private mutating func conversation(_ fields: DataFields) -> String? {
        guard let render else {
            note(fields, "`messages` need a chat template, and the base names none; name one in dataset.chat_template.")
            return nil
        }
        do {
            let tools = try fields.optional("tools")
            return try render(try Conversation(messages: try fields.value("messages"), tools: tools))
        } catch let error as DatasetsError { mistakes.append(error.message) } catch let error as any Fault {
            note(fields, ([error.message] + [error.advice].compactMap(\.self)).joined(separator: " "))
        } catch { note(fields, "\(error)") }
        return nil
    }

    /// Two prompts of one id could not be told apart in the report.
    private mutating func claim(_ id: String, _ fields: DataFields) {
        if id.utf8.count > NameLimits.promptID {
            note(fields, "the id has \(id.utf8.count) bytes; at most \(NameLimits.promptID) are allowed.")
        }
        if let earlier = lineOfID[id] {
            note(fields, "the id \(quoted(id)) is already taken by line \(earlier).")
        } else {
            lineOfID[id] = fields.line
        }
    }

    /// The field's text; nil, and a mistake noted, where there is none.
    private mutating func text(_ fields: DataFields, _ name: String) -> String? {
        do {
            let text = try fields.string(name)
            if !text.isEmpty { return text }
            note(fields, "the field `\(name)` is empty.")
        } catch {
            mistakes.append(error.message)
        }
        return nil
    }

    private mutating func note(_ fields: DataFields, _ problem: String) {
        mistakes.append(fields.error(problem).message)
    }
}
