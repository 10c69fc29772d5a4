import Datasets
import ModelFiles

/// A file of tools, as `dataset.tools` names it.
package struct ToolsTarget: FuzzTarget {
    package static let name = "tools"

    private let scratch: ScratchFolder

    package init() throws { scratch = try ScratchFolder() }

    package func check(_ bytes: [UInt8]) throws {
        let path = try scratch.write(bytes, as: "tools.json")
        guard let file = try accepted({ try ToolsFile.read(path) }) else { return }
        try require(!file.tools.isEmpty && file.tools.count <= bytes.count, "\(file.tools.count) tools")
        var names: Set<String> = []
        for tool in file.tools {
            let function = tool.objectValue?["function"]?.objectValue
            let name = function?["name"]?.stringValue
            try require(tool.objectValue?["type"]?.stringValue == "function", "a tool that is no function")
            try require(name?.isEmpty == false, "a tool without a name")
            try require(names.insert(name ?? "").inserted, "two tools of one name")
        }
        // Written as JSON they are the same tools.
        let texts = file.tools.map(JSONText.document)
        let again = try ToolsFile.read(
            try scratch.write(Array("[\(texts.joined(separator: ","))]".utf8), as: "again.json"))
        try require(again.tools.map(JSONText.document) == texts, "written and read again they are others")
    }
}
