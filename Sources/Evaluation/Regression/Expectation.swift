import ForeignText

/// What a regression prompt's greedy text, or the label that it is given, must be. Texts are compared byte for byte, white space included.
package enum Expectation: Equatable, Sendable {
    case contains(String)
    case equals(String)
    case matches(RegularExpression)
    case notContains(String)
    /// The class of a text that is classified.
    case label(String)

    /// The keys under `expect` in a prompts file.
    static let keys = ["contains", "equals", "matches", "not_contains", "label"]

    /// Its key in a prompts file.
    package var key: String {
        switch self {
        case .contains: "contains"
        case .equals: "equals"
        case .matches: "matches"
        case .notContains: "not_contains"
        case .label: "label"
        }
    }

    /// What the text is held against.
    package var value: String {
        switch self {
        case .contains(let text), .equals(let text), .notContains(let text), .label(let text): text
        case .matches(let expression): expression.pattern
        }
    }

    /// nil where `text` meets the expectation, else one sentence that says why not.
    package func failure(_ text: String) -> String? {
        switch self {
        case .contains(let part):
            text.utf8.contains(part.utf8) ? nil : "The text does not contain \"\(part)\"."
        case .equals(let whole):
            text.utf8.elementsEqual(whole.utf8) ? nil : "The text is not \"\(whole)\"."
        case .label(let name):
            text.utf8.elementsEqual(name.utf8) ? nil : "The label is not \(ForeignText.quoted(name, limit: 200))."
        case .notContains(let part):
            text.utf8.contains(part.utf8) ? "The text contains \"\(part)\"." : nil
        case .matches(let expression):
            matchFailure(expression, text)
        }
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
