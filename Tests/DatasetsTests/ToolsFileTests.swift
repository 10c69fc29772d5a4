import Datasets
import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("Files of tools")
struct ToolsFileTests {
    private func read(_ text: String) throws -> ToolsFile {
        try withTemporaryFolder { folder in
            let path = folder + "/tools.json"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            do { return try ToolsFile.read(path) } catch let error as DatasetsError {
                throw DatasetsError(error.code, error.message.replacingOccurrences(of: path, with: "tools.json"))
            }
        }
    }

    private static let weather =
        #"{"type": "function", "function": {"name": "weather", "description": "Köln", "parameters": {"type": "object"}}}"#

    @Test("Tools are read as they stand, with the hash of the file, after a byte order mark too")
    func tools() throws {
        for mark in ["", "\u{FEFF}"] {
            let text =
                "\(mark)[\(ToolsFileTests.weather),\n {\"type\": \"function\", \"function\": {\"name\": \"now\"}}]\n"
            let file = try read(text)
            #expect(file.tools.map { $0["function"]?["name"]?.stringValue } == ["weather", "now"])
            #expect(
                JSONText.document(file.tools[0])
                    == JSONText.document(try JSONReader.parse(ToolsFileTests.weather, name: "")))
            #expect(file.sha256 == ContentHash.ofBytes(Data(text.utf8)))
        }
    }

    @Test(
        "A mistake is told with line, column, what was found and what was expected",
        arguments: [
            ("", "tools.json:1:1: a list was expected"),
            ("\n  {}", "tools.json:2:3: a list was expected, '{' found."),
            ("[]", "tools.json holds no tool."),
            ("[\n{\"type\": \"function\",}]", "tools.json:2:21: a key in quotes was expected"),
            ("[\(ToolsFileTests.weather)", "tools.json:1:112: ',' or ']' was expected"),
            ("[\(ToolsFileTests.weather)] 1", "tools.json:1:114: there is more after the end"),
            ("[\(ToolsFileTests.weather),\n 7]", "tools.json:2:2: tool 2 is an integer; an object was expected."),
            (#"[{"name": "weather"}]"#, "tool 1 is a function itself; put it into"),
            (
                #"[{"type": "function", "functon": {}}]"#,
                "tools.json:1:2: tool 1 has no 'function'; \"functon\" was found."
            ),
            (#"[{"type": "function", "function": []}]"#, "tool 1 has a 'function' that is an array"),
            (#"[{"function": {"name": "a"}}]"#, #"tool 1 has no 'type'; "function" was expected."#),
            (#"[{"type": "tool", "function": {"name": "a"}}]"#, #"has the 'type' "tool"; "function" was expected"#),
            (#"[{"type": "function", "function": {"nmae": "a"}}]"#, "has no 'name' in 'function'; \"nmae\" was found"),
            (#"[{"type": "function", "function": {"name": ""}}]"#, "has a 'name' that is empty"),
            (
                #"[{"type": "function", "function": {"name": "a", "parameters": "x"}}]"#,
                "has 'parameters' that are a string"
            ),
            (#"[{"type": "function", "function": {"name": "a", "parameter": {}}}]"#, "did you mean 'parameters'?"),
            (
                #"[{"type": "function", "function": {"name": "a", "description": 1}}]"#,
                "has a 'description' that is an integer"
            ),
            (
                "[\(ToolsFileTests.weather),\(ToolsFileTests.weather)]",
                "tool 2 has the name \"weather\", which tool 1 has."
            ),
        ])
    func mistakes(text: String, message: String) throws {
        let error = #expect(throws: DatasetsError.self) { try read(text) }
        #expect(error?.code == .malformed && error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test("Every mistake is told, twenty at most, and nesting that lies about its depth is refused")
    func many() throws {
        let error = #expect(throws: DatasetsError.self) {
            try read("[" + (0..<25).map { "{\"x\": \($0)}" }.joined(separator: ",\n") + "]")
        }
        let lines = error?.message.split(separator: "\n") ?? []
        #expect(lines.count == 21 && lines.last == "and 5 tools more")
        #expect(lines[19].hasPrefix("tools.json:20:1: tool 20 has no 'function'"))
        #expect(throws: DatasetsError.self) { try read(String(repeating: "[", count: 100_000)) }
        #expect(throws: DatasetsError.self) { try ToolsFile.read("/nowhere/tools.json") }
    }
}
