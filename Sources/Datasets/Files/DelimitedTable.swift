import ModelFiles

/// Reads tables of comma-separated values as RFC 4180 has them, and of tab-separated ones in the same way; the first line
/// names the columns. https://www.rfc-editor.org/rfc/rfc4180
///
/// SwiftCSV, which is within reach, is not used: it drops white space at the beginning of a field, ends lines at characters
/// that are text (U+2028, form feeds), fills short rows and forgets on which line a row stood.
struct DelimitedTable {
    /// By a file's ending.
    static let separators: [String: UInt8] = ["csv": UInt8(ascii: ","), "tsv": UInt8(ascii: "\t")]
    private static let mostColumns = 10_000

    private let path: String
    private let separator: UInt8
    /// The header's; nil before it was read.
    private var names: [String]?
    private var line = 1
    private var complaints: [RowComplaint] = []

    init(_ path: String, separator: UInt8) { (self.path, self.separator) = (path, separator) }

    /// The next record under the header as a row of text; nil at the end. A line with nothing on it is passed over.
    ///
    /// - Throws: at the end, `DatasetsError.malformed` listing the rows (the first 20) that have more or fewer fields than
    ///   the header, by their first lines; the same with the first whose quotes cannot be read; for a header that names no
    ///   columns.
    mutating func next(_ window: inout TextWindow) throws -> JSONLine? {
        do {
            while let record = try record(&window) {
                guard let names else {
                    names = try Self.columns(record)
                    continue
                }
                guard record.fields.count == names.count else {
                    complaints.append(Self.ragged(record, names.count))
                    continue
                }
                if complaints.isEmpty {
                    return JSONLine(number: record.line, cells: zip(names, record.fields).map { ($0, .string($1)) })
                }
            }
        } catch let complaint as RowComplaint { complaints.append(complaint) }
        if let refusal = RowComplaint.refusal(complaints, path) { throw refusal }
        return nil
    }

    /// The next record; nil at the end.
    private mutating func record(_ window: inout TextWindow) throws -> DelimitedReader.Record? {
        while true {
            let (reader, result) = window.withBytes { bytes in
                var reader = DelimitedReader(bytes, separator: separator, line: line)
                let result = Result { () throws(RowComplaint) in try reader.next() }
                return (reader, result)
            }
            // A record that comes near the window's end may go on behind it, and so may what is wrong with it.
            let isCut = !window.isFinal && reader.position + 1 >= window.count
            let end = isCut ? reader.start : (position: reader.position, line: reader.line)
            window.take(end.position)
            line = end.line
            if !isCut { return try result.get() }
            try window.grow()
        }
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
