import Common
import Foundation
import ModelFiles

/// The tools of conversations whose rows name none: a JSON file of
/// `[{"type": "function", "function": {"name": …, "description": …, "parameters": JSON schema}}]`, as OpenAI's API takes
/// them (https://platform.openai.com/docs/guides/function-calling) and transformers hands them to chat templates.
package struct ToolsFile: Sendable {
    /// As a manifest names it.
    package let path: String
    /// Of its bytes.
    package let sha256: String
    package let tools: [JSONValue]

    private static let mostBytes = 16 << 20
    /// Mistakes that are listed; the rest are counted.
    private static let shown = 20
    private static let keys = ["name", "description", "parameters", "strict", "return"]

    /// - Parameter rule: which files may be read.
    /// - Throws: `DatasetsError.missing` where there is no regular file, or `.malformed` naming file, line and column of
    ///   what is no JSON, and of every tool (the first 20) that is none; `ModelFilesError.forbidden`.
    package static func read(_ path: String, rule: ReadingRule = .anything) throws -> ToolsFile {
        let data: Data
        do { data = try RegularFile.read(path, limit: mostBytes, rule: rule) } catch let error as ModelFilesError {
            switch error.code {
            case .forbidden: throw error
            case .missing:
                throw DatasetsError(.missing, error.message, advice: "Check the path and its permissions.")
            default: throw DatasetsError(.malformed, error.message, advice: "Keep the tools that rows may call.")
            }
        }
        let tools = try data.withUnsafeBytes { bytes in
            let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
            return try parse(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(isMarked ? 3 : 0)), path)
        }
        return ToolsFile(path: path, sha256: ContentHash.ofBytes(data), tools: tools)
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer, _ path: String) throws -> [JSONValue] {
        let advice = #"A list is expected: [{"type": "function", "function": {"name": …, "parameters": {…}}}]."#
        let elements: [(offset: Int, value: JSONValue)]
        do { elements = try JSONReader.parseList(bytes) } catch let fault as JSONFault {
            throw DatasetsError(.malformed, "\(path):\(place(bytes, fault.offset)): \(fault.problem).", advice: advice)
        }
        guard !elements.isEmpty else { throw DatasetsError(.malformed, "\(path) holds no tool.", advice: advice) }
        var names: [String: Int] = [:]
        var mistakes: [String] = []
        for (index, element) in elements.enumerated() {
            let problem = fault(of: element.value, number: index + 1, &names)
            if let problem { mistakes.append("\(path):\(place(bytes, element.offset)): tool \(index + 1) \(problem).") }
        }
        guard mistakes.isEmpty else {
            let more = mistakes.count > shown ? ["and \(mistakes.count - shown) tools more"] : []
            throw DatasetsError(
                .malformed, (mistakes.prefix(shown) + more).joined(separator: "\n"), advice: advice)
        }
        return elements.map(\.value)
    }

    /// What is wrong with a tool; nil where nothing is.
    ///
    /// - Parameter names: of the tools before it, with their numbers.
    private static func fault(of tool: JSONValue, number: Int, _ names: inout [String: Int]) -> String? {
        guard let tool = tool.objectValue else { return "is \(tool.kind); an object was expected" }
        guard let value = tool["function"] else {
            if tool["name"] != nil { return #"is a function itself; put it into {"type": "function", "function": …}"# }
            return "has no 'function'" + meant("function", among: tool.keys)
        }
        guard let function = value.objectValue else {
            return "has a 'function' that is \(value.kind); an object was expected"
        }
        guard tool["type"]?.stringValue == "function" else {
            let found = tool["type"].map { "the 'type' \($0.stringValue.map(quoted) ?? $0.kind)" } ?? "no 'type'"
            return #"has \#(found); "function" was expected"#
        }
        guard let name = function["name"] else {
            return "has no 'name' in 'function'" + meant("name", among: function.keys)
        }
        guard let name = name.stringValue, !name.isEmpty else {
            return
                "has a 'name' that is \(name.stringValue == nil ? name.kind : "empty"); a function's name was expected"
        }
        if let description = function["description"], description.stringValue == nil {
            return "has a 'description' that is \(description.kind); a string was expected"
        }
        if let parameters = function["parameters"], parameters.objectValue == nil {
            return "has 'parameters' that are \(parameters.kind); an object, a JSON schema, was expected"
        }
        for key in function.keys where !keys.contains(key) {
            guard let close = Suggestion.closest(to: key, among: keys), function[close] == nil else { continue }
            return "has \(quoted(key)) in 'function'; did you mean '\(close)'?"
        }
        if let earlier = names.updateValue(number, forKey: name) {
            return "has the name \(quoted(name)), which tool \(earlier) has"
        }
        return nil
    }

    private static func meant(_ key: String, among keys: [String]) -> String {
        Suggestion.closest(to: key, among: keys).map { "; \(quoted($0)) was found" } ?? ""
    }

    /// Line and column, in characters from 1, of the byte at `offset`.
    private static func place(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> String {
        let before = bytes.prefix(offset)
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        return "\(line):\(1 + before[start...].count { $0 & 0xC0 != 0x80 })"
    }
}
