import ForeignText
import ModelFiles

/// What a regression prompt's greedy text, or the label that it is given, must be. Texts are compared byte for byte, white space included.
package enum Expectation: Equatable, Sendable {
    case contains(String)
    /// Whatever the case of letters.
    case containsIgnoringCase(String)
    case equals(String)
    case matches(RegularExpression)
    case notContains(String)
    /// The whole text is JSON that meets a schema.
    case jsonSchema(JSONSchema)
    /// The model ends by itself after so many tokens at most.
    case maximumTokens(Int)
    /// The text calls a tool.
    case toolCall(ToolExpectation)
    /// The class of a text that is classified.
    case label(String)

    /// The keys under `expect` in a prompts file.
    static let keys = [
        "contains", "icontains", "equals", "matches", "not_contains", "json_schema", "max_tokens", "tool_call", "label",
    ]

    /// Its key in a prompts file.
    package var key: String {
        switch self {
        case .contains: "contains"
        case .containsIgnoringCase: "icontains"
        case .equals: "equals"
        case .matches: "matches"
        case .notContains: "not_contains"
        case .jsonSchema: "json_schema"
        case .maximumTokens: "max_tokens"
        case .toolCall: "tool_call"
        case .label: "label"
        }
    }

    /// What the text is held against.
    package var value: String {
        switch self {
        case .contains(let text), .containsIgnoringCase(let text), .equals(let text), .notContains(let text),
            .label(let text):
            text
        case .matches(let expression): expression.pattern
        case .jsonSchema(let schema): schema.text
        case .maximumTokens(let count): String(count)
        case .toolCall(let call): call.text
        }
    }

    /// nil where an answer meets the expectation, else one sentence that says why not.
    package func failure(_ answer: Generation) -> String? {
        let text = answer.text
        switch self {
        case .contains(let part):
            return text.utf8.contains(part.utf8) ? nil : "The text does not contain \"\(part)\"."
        case .containsIgnoringCase(let part):
            return text.lowercased().utf8.contains(part.lowercased().utf8)
                ? nil : "The text does not contain \"\(part)\", in any case."
        case .equals(let whole):
            return text.utf8.elementsEqual(whole.utf8) ? nil : "The text is not \"\(whole)\"."
        case .label(let name):
            return text.utf8.elementsEqual(name.utf8)
                ? nil : "The label is not \(ForeignText.quoted(name, limit: 200))."
        case .notContains(let part):
            return text.utf8.contains(part.utf8) ? "The text contains \"\(part)\"." : nil
        case .matches(let expression): return matchFailure(expression, text)
        case .jsonSchema(let schema): return schemaFailure(schema, text)
        case .maximumTokens(let most): return lengthFailure(most, answer)
        case .toolCall(let call): return call.failure(text)
        }
    }

    private func schemaFailure(_ schema: JSONSchema, _ text: String) -> String? {
        do {
            return schema.failure(try JSONReader.parse(text, name: "The text")).map { $0 + "." }
        } catch let fault as ModelFilesError {
            return fault.message
        } catch { return "The text is not valid JSON." }
    }

    private func lengthFailure(_ most: Int, _ answer: Generation) -> String? {
        let count = answer.ids.count
        if count > most {
            return "The text has \(count) tokens\(answer.endToken == nil ? " or more" : ""), not \(most) at most."
        }
        return answer.endToken == nil
            ? "The text was cut off after \(count) tokens by regression.max_new_tokens, and may go on past \(most)."
            : nil
    }

    private func matchFailure(_ expression: RegularExpression, _ text: String) -> String? {
        do {
            return try expression.matches(text) ? nil : "The text does not match /\(expression.pattern)/."
        } catch RegularExpression.Failure.textTooLong(let limit) {
            return "The text is longer than the \(limit) UTF-16 units that a pattern is tried on."
        } catch {
            return "Matching /\(expression.pattern)/ takes more steps than are allowed."
        }
    }
}
