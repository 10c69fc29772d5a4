import ModelFiles

/// A call of a tool that a model wrote.
package struct ToolCall {
    package let name: String
    /// An object, as a rule.
    package let arguments: JSONValue

    /// The calls that a text holds, as chat templates have models write them:
    ///
    /// - `<tool_call>` … `</tool_call>` with an object, or a list of them (Qwen, Hermes, SmolLM2), anywhere in the text;
    /// - an object or a list of them as the whole text, after `[TOOL_CALLS]` (Mistral), `<|python_tag|>` (Llama) or
    ///   `<|tool_call|>` (Granite, Phi) or nothing: where these are special tokens, a text does not show them.
    ///
    /// Of an object, `name` and `arguments` or `parameters` are read, in it or in its `function`; arguments may be a string
    /// that holds JSON.
    package static func found(in text: String) -> [ToolCall] {
        let marked = betweenMarks(text)
        let parts = marked.isEmpty ? [whole(text)] : marked
        return parts.flatMap { part -> [ToolCall] in
            guard let value = try? JSONReader.parse(String(part), name: "the call") else { return [] }
            return (value.arrayValue ?? [value]).compactMap(ToolCall.init)
        }
    }

    private init?(_ value: JSONValue) {
        let call = value["function"].flatMap { $0.objectValue == nil ? nil : $0 } ?? value
        guard let name = call["name"]?.stringValue else { return nil }
        let arguments = call["arguments"] ?? call["parameters"] ?? .object(JSONObject([]))
        self.name = name
        self.arguments =
            arguments.stringValue.flatMap { try? JSONReader.parse($0, name: "the arguments") } ?? arguments
    }

    private static func betweenMarks(_ text: String) -> [Substring] {
        let (open, close) = ("<tool_call>", "</tool_call>")
        var parts: [Substring] = []
        var rest = text[...]
        while let start = rest.firstRange(of: open) {
            rest = rest[start.upperBound...]
            // The last one is cut off where the answer is.
            let end = rest.firstRange(of: close)
            parts.append(rest[..<(end?.lowerBound ?? rest.endIndex)])
            rest = rest[(end?.upperBound ?? rest.endIndex)...]
        }
        return parts
    }

    private static func whole(_ text: String) -> Substring {
        var rest = text.drop { $0.isWhitespace }
        for mark in ["[TOOL_CALLS]", "<|python_tag|>", "<|tool_call|>"] where rest.hasPrefix(mark) {
            rest = rest.dropFirst(mark.count)
        }
        return rest
    }
}
