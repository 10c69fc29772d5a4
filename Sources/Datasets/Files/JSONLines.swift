import ModelFiles

/// Data files with one JSON object a line. https://jsonlines.org
package enum JSONLines {
    /// Bytes of a row, of a table too.
    static let longestLine = 10 << 20

    /// All rows; blank lines and a byte order mark at the beginning are passed over.
    ///
    /// - Throws: as `DataFile.read`.
    package static func read(_ path: String) throws -> [JSONLine] { try DataFile.read(path).lines }

    /// Whether JSON passes over the byte inside a line.
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    /// The row of a line's text; nil of a blank line.
    ///
    /// - Throws: `DatasetsError.malformed` naming file, line and column of a row that is too long or no object whose members
    ///   can be told apart.
    static func row(_ line: UnsafeRawBufferPointer, number: Int, _ path: String) throws -> JSONLine? {
        guard line.count <= longestLine else {
            throw DatasetsError(.malformed, "\(path):\(number): the line is longer than \(longestLine) bytes.")
        }
        guard !line.allSatisfy(isBlank) else { return nil }
        do { return try JSONLine(number: number, line) } catch let complaint as RowComplaint {
            throw DatasetsError(
                .malformed, complaint.message(path),
                advice: complaint.advice?.advice(path) ?? "One JSON object a line is expected.")
        }
    }
}
