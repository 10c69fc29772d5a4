import ModelFiles

/// A data file as it was read, once: its rows, and what the bytes hash to that they were parsed from.
package struct RowFile: Sendable {
    /// What messages call the file.
    package let path: String
    /// Of all its bytes as they lie, in lower-case hexadecimal.
    package let sha256: String
    /// Every line that is not blank.
    package let lines: [JSONLine]

    package init(path: String, sha256: String, lines: [JSONLine]) {
        (self.path, self.sha256, self.lines) = (path, sha256, lines)
    }

    /// The same file, its rows' conversations with these tools where they name none of their own.
    package func with(tools: [JSONValue]) -> RowFile {
        let values = JSONObject([("tools", .array(tools))])
        return RowFile(path: path, sha256: sha256, lines: lines.map { $0.standing(on: values) })
    }
}
