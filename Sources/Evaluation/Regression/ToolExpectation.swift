import ModelFiles

/// What is expected of a call.
package struct ToolExpectation: Equatable, Sendable {
    package let name: String
    /// What its arguments must be, a schema that one value alone meets; nil where that is not said.
    let arguments: JSONSchema?
    /// What its arguments must meet.
    let schema: JSONSchema?

    init(name: String, arguments: JSONSchema?, schema: JSONSchema?) {
        (self.name, self.arguments, self.schema) = (name, arguments, schema)
    }

    /// As JSON in one line.
    var text: String {
        let parts = [
            "\"name\": \(JSONText.quote(name))", arguments.map { "\"arguments\": \($0.text)" },
            schema.map { "\"arguments_schema\": \($0.text)" },
        ]
        return "{\(parts.compactMap(\.self).joined(separator: ", "))}"
    }

    /// Why no call of a text is the one that is expected; nil where one is.
    func failure(_ text: String) -> String? {
        let calls = ToolCall.found(in: text)
        guard !calls.isEmpty else { return "The text holds no call of a tool." }
        let named = calls.filter { $0.name.utf8.elementsEqual(name.utf8) }
        guard !named.isEmpty else {
            return "The text calls \(calls.map { "\"\($0.name)\"" }.joined(separator: ", ")), not \"\(name)\"."
        }
        let failures = named.map { call in
            arguments?.failure(call.arguments).map { _ in
                "The arguments of \"\(name)\" are \(JSONText.line(call.arguments))."
            }
                ?? schema?.failure(call.arguments).map { "Of the arguments of \"\(name)\": \($0)." }
        }
        return failures.contains { $0 == nil } ? nil : failures.compactMap(\.self).first
    }
}
