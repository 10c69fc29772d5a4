import Common
import Datasets
import ModelFiles

/// Reads what a prompt expects: `expect` by lorad's keys, and `assert` by promptfoo's types
/// (https://www.promptfoo.dev/docs/configuration/expected-outputs/deterministic/). What is not read is a mistake.
struct ExpectationReader {
    /// promptfoo's types that are read, and the keys that say the same.
    static let promptfooTypes = [
        ("contains", "contains"), ("icontains", "icontains"), ("equals", "equals"), ("regex", "matches"),
        ("not-contains", "not_contains"), ("is-json", "json_schema"),
    ]

    /// Of a classification; nil where the model generates text.
    let labels: SequenceLabels?
    /// In the order of their places.
    private(set) var mistakes: [String] = []

    init(labels: SequenceLabels?) { self.labels = labels }

    /// What the prompt of a row expects, as far as it can be read.
    mutating func read(_ fields: DataFields) -> [Expectation] { conditions(fields) + assertions(fields) }

    /// Conditions that a prompt can state: a class has a label, a text anything but that, a value nothing.
    private var expectable: [String] {
        switch labels {
        case nil: Expectation.keys.filter { $0 != "label" }
        case .classes: ["label"]
        case .regression: []
        }
    }

    private mutating func conditions(_ fields: DataFields) -> [Expectation] {
        guard let value = value("expect", fields) else { return [] }
        let place = [JSONStep.key("expect")]
        guard let object = value.objectValue, object.count > 0 else {
            note(fields, "`expect` must be an object with one of \(expectable.listed).")
            return []
        }
        mistakes += fields.nested(object).unknownNames(known: expectable)
        return expectable.compactMap { key in
            object[key].flatMap { expectation(key, $0, fields, place + [.key(key)]) }
        }
    }

    private mutating func assertions(_ fields: DataFields) -> [Expectation] {
        guard let value = value("assert", fields) else { return [] }
        guard let list = value.arrayValue, !list.isEmpty, labels == nil else {
            note(
                fields,
                labels == nil
                    ? "`assert` must be a list of `{\"type\", \"value\"}`."
                    : "`assert` judges texts; a prompt that is classified takes `expect`.")
            return []
        }
        return list.enumerated().compactMap { assertion($1, fields, [.key("assert"), .index($0)]) }
    }

    private mutating func assertion(
        _ value: JSONValue, _ fields: DataFields, _ place: [JSONStep]
    ) -> Expectation? {
        let known = Self.promptfooTypes.map(\.0)
        guard let object = value.objectValue, let type = object["type"]?.stringValue else {
            note(fields, "an assertion is an object with a `type`, one of \(known.listed).", at: place)
            return nil
        }
        for name in object.keys where name != "type" && name != "value" {
            note(
                fields,
                "the assertion's field `\(ModelFiles.quoted(name).dropFirst().dropLast())` is not read; read are "
                    + "`type`, `value`.", at: place + [.key(name)])
        }
        guard let key = Self.promptfooTypes.first(where: { $0.0 == type })?.1 else {
            let hint = Suggestion.closest(to: type, among: known).map { " Did you mean `\($0)`?" } ?? ""
            note(
                fields, "assertions of type \(ModelFiles.quoted(type)) are not read; read are \(known.listed).\(hint)",
                at: place + [.key("type")])
            return nil
        }
        // `is-json` without a value asks for JSON of any kind.
        let wanted = object["value"] ?? (key == "json_schema" ? .bool(true) : .null)
        return expectation(key, wanted, fields, place + [.key("value")])
    }

    private mutating func expectation(
        _ key: String, _ value: JSONValue, _ fields: DataFields, _ place: [JSONStep]
    ) -> Expectation? {
        switch key {
        case "json_schema": return schema(value, fields, place).map(Expectation.jsonSchema)
        case "max_tokens":
            if let count = value.intValue, count > 0 { return .maximumTokens(count) }
            note(fields, "`max_tokens` must be a whole number above 0.", at: place)
            return nil
        case "tool_call": return toolCall(value, fields, place).map(Expectation.toolCall)
        default: return text(key, value, fields, place)
        }
    }

    /// Only `equals` may ask for an empty text.
    private mutating func text(
        _ key: String, _ value: JSONValue, _ fields: DataFields, _ place: [JSONStep]
    ) -> Expectation? {
        guard let text = value.stringValue else {
            note(fields, "the field `\(key)` must be a string, but \(value.kind) was found.")
            return nil
        }
        guard !text.isEmpty || key == "equals" else {
            note(fields, "the field `\(key)` is empty.")
            return nil
        }
        switch key {
        case "contains": return .contains(text)
        case "icontains": return .containsIgnoringCase(text)
        case "equals": return .equals(text)
        case "not_contains": return .notContains(text)
        case "label":
            if case .classes(let names) = labels, names.contains(text) { return .label(text) }
            note(fields, "the expected label \(quoted(text)) is none of the data's.")
            return nil
        default:
            if let expression = RegularExpression(text) { return .matches(expression) }
            note(fields, "`matches` is not a regular expression in ICU's dialect: \(quoted(text)).")
            return nil
        }
    }

    private mutating func schema(_ value: JSONValue, _ fields: DataFields, _ place: [JSONStep]) -> JSONSchema? {
        var reader = JSONSchemaReader()
        let schema = reader.read(value, at: place)
        for mistake in reader.mistakes { note(fields, mistake.problem, at: mistake.path) }
        return reader.mistakes.isEmpty ? schema : nil
    }

    private mutating func toolCall(
        _ value: JSONValue, _ fields: DataFields, _ place: [JSONStep]
    ) -> ToolExpectation? {
        let known = ["name", "arguments", "arguments_schema"]
        guard let object = value.objectValue, let name = object["name"]?.stringValue, !name.isEmpty else {
            note(fields, "`tool_call` must be an object with the tool's `name`.", at: place)
            return nil
        }
        let unknown = object.keys.filter { !known.contains($0) }
        for key in unknown {
            let hint = Suggestion.closest(to: key, among: known).map { " Did you mean `\($0)`?" } ?? ""
            note(
                fields, "`tool_call` has no \(quoted(key)); known are \(known.listed).\(hint)", at: place + [.key(key)])
        }
        let arguments = object["arguments"].map(JSONSchema.init(equalTo:))
        guard let wanted = object["arguments_schema"] else {
            return unknown.isEmpty ? ToolExpectation(name: name, arguments: arguments, schema: nil) : nil
        }
        let schema = schema(wanted, fields, place + [.key("arguments_schema")])
        guard let schema, unknown.isEmpty else { return nil }
        return ToolExpectation(name: name, arguments: arguments, schema: schema)
    }

    /// A member that says something; nil where it is left out, or is no JSON.
    private mutating func value(_ name: String, _ fields: DataFields) -> JSONValue? {
        do {
            let value = try fields.optional(name)
            return value?.isNull == true ? nil : value
        } catch {
            mistakes.append(error.message)
            return nil
        }
    }

    private mutating func note(_ fields: DataFields, _ problem: String, at place: [JSONStep] = []) {
        mistakes.append(fields.error(problem, at: place).message)
    }
}

extension [String] {
    /// As a message lists names.
    var listed: String { map { "`\($0)`" }.joined(separator: ", ") }
}

extension DataFields {
    /// What is wrong with fields that nobody reads, each a message.
    func unknownNames(known: [String]) -> [String] {
        keys.filter { !known.contains($0) }.map { name in
            let hint = Suggestion.closest(to: name, among: known).map { " Did you mean `\($0)`?" } ?? ""
            return error("unknown field `\(quoted(name).dropFirst().dropLast())`; known are \(known.listed).\(hint)")
                .message
        }
    }
}
