import ModelFiles

/// Reads data files with one JSON object a line. https://jsonlines.org
package enum JSONLines {
    /// Bytes of a row, of a table too.
    static let longestLine = 10 << 20

    /// All rows; blank lines and a byte order mark at the beginning are passed over.
    ///
    /// - Throws: as `DataFile.read`.
    package static func read(_ path: String) throws -> [JSONLine] { try DataFile.read(path).lines }

    /// Whether JSON passes over the byte inside a line.
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    /// The rows of a file's text.
    ///
    /// - Throws: `DatasetsError.malformed` for a file of another kind, and naming file, line and column of a row that is too
    ///   long or no object whose members can be told apart.
    static func rows(_ bytes: UnsafeRawBufferPointer, _ path: String) throws -> [JSONLine] {
        if let kind = DataFileKind(bytes) { throw kind.error(path) }
        var lines: [JSONLine] = []
        let newline = UInt8(ascii: "\n")
        for (index, line) in bytes.split(separator: newline, omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            guard line.count <= longestLine else {
                throw DatasetsError(.malformed, "\(path):\(number): the line is longer than \(longestLine) bytes.")
            }
            guard !line.allSatisfy(isBlank) else { continue }
            do {
                lines.append(try JSONLine(number: number, UnsafeRawBufferPointer(rebasing: line)))
            } catch let complaint as RowComplaint {
                throw DatasetsError(
                    .malformed, complaint.message(path),
                    advice: complaint.advice?.advice(path) ?? "One JSON object a line is expected.")
            }
        }
        return lines
    }
}
