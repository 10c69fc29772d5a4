import ModelFiles

/// Rows as other trainers' data sets have them and lorad does not read, told by their keys.
package enum ForeignRow {
    /// Layouts, and the keys that each is told by.
    private static let layouts: [(name: String, keys: [String], command: ConvertingCommand)] = [
        ("Dolly's layout", ["instruction", "response"], .dolly),
        (
            "the layout of preferences, of which the chosen one can be trained",
            ["prompt", "chosen", "rejected"], .preference
        ),
    ]

    /// Refuses a file whose first row is laid out for another trainer.
    ///
    /// - Parameter keys: those that the row should have; none where its format is yet to be told.
    /// - Throws: `DatasetsError.malformed` that names the layout, with the command that converts the file.
    package static func refuse(_ line: JSONLine, _ path: String, expecting keys: [String]) throws {
        if keys == RowFormat.promptCompletion.keys {
            let isConversation = keys.contains { (try? line.value($0))?.arrayValue != nil }
            if isConversation { throw error(line, path, "TRL's conversational layout", keys, .conversational) }
        }
        guard keys.isEmpty || !keys.allSatisfy(line.has) else { return }
        for layout in layouts where layout.keys.allSatisfy(line.has) {
            throw error(line, path, layout.name, layout.keys, layout.command)
        }
    }

    private static func error(
        _ line: JSONLine, _ path: String, _ name: String, _ keys: [String], _ command: ConvertingCommand
    ) -> DatasetsError {
        let keys = keys.map { "'\($0)'" }.joined(separator: ", ")
        return DatasetsError(
            .malformed, "\(path):\(line.number): the row is in \(name) (\(keys)), which is not read.",
            advice: command.advice(path))
    }
}
