import Foundation

/// A template that cannot be read, or a conversation that it refuses or fails on.
package struct JinjaError: LocalizedError, Equatable, Sendable {
    /// What kind of refusal it is; the first five are those that jinja2 makes as well.
    package enum Kind: String, Sendable {
        /// The template is not Jinja: jinja2's `TemplateSyntaxError`.
        case syntax
        /// The template refused the conversation by `raise_exception`; the message is the template's.
        case raised
        /// Something was done with a value that is not there: jinja2's `UndefinedError`.
        case undefined
        /// What the sandbox forbids, such as changing a list: jinja2's `SecurityError`.
        case security
        /// Any other fault of rendering, where Python raises a `TypeError`, `ValueError` or the like.
        case runtime
        /// Something that jinja2 knows and lorad does not.
        case unsupported
        /// One of `JinjaLimits` is exceeded.
        case limit
    }

    package let kind: Kind
    /// One plain sentence; for `raised` the template's own words.
    package let message: String
    /// Nil where the conversation is at fault before anything is rendered.
    package private(set) var position: JinjaPosition?

    init(_ kind: Kind, _ message: String, at position: JinjaPosition? = nil) {
        self.kind = kind
        self.message = message
        self.position = position
    }

    /// The same error with a place, where it has none yet.
    func placed(at position: JinjaPosition) -> JinjaError {
        guard self.position == nil else { return self }
        var error = self
        error.position = position
        return error
    }

    package var errorDescription: String? {
        if kind == .raised { return "The chat template refuses the conversation: \(message)" }
        let sentence = message.hasSuffix(".") ? message : message + "."
        guard let position else { return "The chat template cannot be rendered: \(sentence)" }
        return "At line \(position.line), column \(position.column) of the chat template: \(sentence)"
    }

    package var failureReason: String? {
        guard kind == .raised, let position else { return nil }
        return "It does so at line \(position.line), column \(position.column)."
    }

    package var recoverySuggestion: String? {
        switch kind {
        case .syntax: "Fetch the base's chat template again, or mend the one that was given."
        case .raised: "Write the conversation as the base's model card asks for."
        case .undefined, .runtime: "Compare the conversation's fields with those that the template reads."
        case .security: "Use a template that transformers renders; lists and objects cannot be changed in one."
        case .unsupported: "Write the template without it, or rows of prompt and completion instead of messages."
        case .limit: "Shorten the conversation, or simplify the template."
        }
    }
}

extension JinjaError {
    /// What Python raises for a value of the wrong type or size.
    static func runtime(_ message: String) -> JinjaError { JinjaError(.runtime, message) }
    static func unsupported(_ message: String) -> JinjaError { JinjaError(.unsupported, message) }
    static func limit(_ message: String) -> JinjaError { JinjaError(.limit, message) }
}
