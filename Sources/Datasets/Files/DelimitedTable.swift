import ModelFiles

/// Reads tables of comma-separated values as RFC 4180 has them, and of tab-separated ones in the same way; the first line
/// names the columns. https://www.rfc-editor.org/rfc/rfc4180
///
/// SwiftCSV, which is within reach, is not used: it drops white space at the beginning of a field, ends lines at characters
/// that are text (U+2028, form feeds), fills short rows and forgets on which line a row stood.
enum DelimitedTable {
    /// By a file's ending.
    static let separators: [String: UInt8] = ["csv": UInt8(ascii: ","), "tsv": UInt8(ascii: "\t")]
    private static let mostColumns = 10_000

    /// A row of text for each record under the header; a line with nothing on it is passed over.
    ///
    /// - Throws: `DatasetsError.malformed` listing the rows (the first 20) that have more or fewer fields than the header,
    ///   up to the first whose quotes cannot be read, by their first lines; for a header that names no columns.
    static func rows(_ bytes: UnsafeRawBufferPointer, _ path: String, separator: UInt8) throws -> [JSONLine] {
        var reader = DelimitedReader(bytes, separator: separator)
        var lines: [JSONLine] = []
        var complaints: [RowComplaint] = []
        do {
            guard let header = try reader.next() else { return [] }
            let names = try columns(header)
            while let record = try reader.next() {
                guard record.fields.count == names.count else {
                    complaints.append(ragged(record, names.count))
                    continue
                }
                lines.append(JSONLine(number: record.line, cells: zip(names, record.fields).map { ($0, .string($1)) }))
            }
        } catch { complaints.append(error) }
        _ = try RowComplaint.collect(complaints, path) { throw $0 }
        return lines
    }

    private static func columns(_ header: DelimitedReader.Record) throws(RowComplaint) -> [String] {
        func complaint(_ text: String) -> RowComplaint {
            RowComplaint(line: header.line, text: "the header \(text)")
        }
        var seen: Set<ExactString> = []
        for (index, name) in header.fields.enumerated() {
            if name.isEmpty { throw complaint("has no name for column \(index + 1).") }
            if !seen.insert(ExactString(name)).inserted { throw complaint("names two columns \(quoted(name)).") }
        }
        guard header.fields.count <= mostColumns else {
            throw complaint("has \(header.fields.count) columns; there may be at most \(mostColumns).")
        }
        return header.fields
    }

    private static func ragged(_ record: DelimitedReader.Record, _ columns: Int) -> RowComplaint {
        let count = record.fields.count
        return RowComplaint(
            line: record.line,
            text: "the row has \(count) field\(count == 1 ? "" : "s"), the header \(columns).")
    }
}
