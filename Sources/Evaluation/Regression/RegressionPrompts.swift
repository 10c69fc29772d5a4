import ModelFiles
import Tokenizers

/// Reads regression prompts: JSON lines of
/// `{"id": "…", "prompt": "…", "expect": {"contains" | "equals" | "matches" | "not_contains": "…"}}`.
///
/// `expect` may be left out, and may name several conditions, which must all hold.
package struct RegressionPrompts {
    private var prompts: [RegressionPrompt] = []
    private var mistakes: [String] = []
    private var lineOfID: [String: Int] = [:]

    /// Every prompt, in order.
    ///
    /// - Throws: `EvaluationError.malformed` that lists the first 20 mistakes in the file, one a line; `TokenizersError`
    ///   for a file that cannot be read or a line that is not JSON.
    package static func read(_ path: String) throws -> [RegressionPrompt] {
        var reader = RegressionPrompts()
        for line in try JSONLines.read(path) { try reader.add(DataFields(path: path, line: line)) }
        if reader.prompts.isEmpty && reader.mistakes.isEmpty {
            reader.mistakes.append("\(path) holds no prompts.")
        }
        guard reader.mistakes.isEmpty else {
            let shown = 20
            let rest = reader.mistakes.count > shown ? ["and \(reader.mistakes.count - shown) mistakes more"] : []
            throw EvaluationError(.malformed, (reader.mistakes.prefix(shown) + rest).joined(separator: "\n"))
        }
        return reader.prompts
    }

    private mutating func add(_ fields: DataFields) {
        checkNames(fields, known: ["id", "prompt", "expect"])
        let id = text(fields, "id")
        let prompt = text(fields, "prompt")
        let expectations = expectations(fields)
        if let id { claim(id, fields) }
        guard let id, let prompt else { return }
        prompts.append(RegressionPrompt(id: id, prompt: prompt, expectations: expectations))
    }

    /// Two prompts of one id could not be told apart in the report.
    private mutating func claim(_ id: String, _ fields: DataFields) {
        if let earlier = lineOfID[id] {
            note(fields, "the id \(quoted(id)) is already taken by line \(earlier).")
        } else {
            lineOfID[id] = fields.line
        }
    }

    private mutating func expectations(_ fields: DataFields) -> [Expectation] {
        guard let value = fields.object["expect"], !value.isNull else { return [] }
        guard let object = value.objectValue, object.count > 0 else {
            note(fields, "`expect` must be an object with one of \(Self.list(Expectation.keys)).")
            return []
        }
        let conditions = fields.nested(object)
        checkNames(conditions, known: Expectation.keys)
        return Expectation.keys.filter(conditions.has).compactMap { key in
            guard let text = text(conditions, key) else { return nil }
            return expectation(key, text, fields)
        }
    }

    private mutating func expectation(_ key: String, _ text: String, _ fields: DataFields) -> Expectation? {
        switch key {
        case "contains": return .contains(text)
        case "equals": return .equals(text)
        case "not_contains": return .notContains(text)
        default:
            if let expression = RegularExpression(text) { return .matches(expression) }
            note(fields, "`matches` is not a regular expression in ICU's dialect: \(quoted(text)).")
            return nil
        }
    }

    /// The field's text; nil, and a mistake noted, where there is none. Only `equals` may ask for an empty text.
    private mutating func text(_ fields: DataFields, _ name: String) -> String? {
        do {
            let text = try fields.string(name)
            if !text.isEmpty || name == "equals" { return text }
            note(fields, "the field `\(name)` is empty.")
        } catch {
            mistakes.append(error.message)
        }
        return nil
    }

    private mutating func checkNames(_ fields: DataFields, known: [String]) {
        for name in fields.object.keys where !known.contains(name) {
            let hint = Suggestion.closest(to: name, among: known).map { " Did you mean `\($0)`?" } ?? ""
            let shown = quoted(name).dropFirst().dropLast()
            note(fields, "unknown field `\(shown)`; known are \(Self.list(known)).\(hint)")
        }
    }

    private mutating func note(_ fields: DataFields, _ problem: String) {
        mistakes.append(fields.error(problem).message)
    }

    private static func list(_ names: [String]) -> String {
        names.map { "`\($0)`" }.joined(separator: ", ")
    }
}
