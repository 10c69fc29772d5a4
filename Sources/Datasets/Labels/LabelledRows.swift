import Common
import ModelFiles

/// Reads rows of the `classification` format: JSON lines of `{"text", "text_pair"?, "label"}`. A row may hold more fields.
package enum LabelledRows {
    /// Every row, in order.
    ///
    /// - Parameter sliceBy: the field whose values name slices.
    /// - Throws: `DatasetsError` where the file cannot be read; `.malformed` listing every row (the first 20) that lacks
    ///   a field or holds something else in it, as `file:line: message`.
    package static func read(_ path: String, sliceBy: String? = nil) throws -> [LabelledRow] {
        try read(DataFile.read(path), sliceBy: sliceBy)
    }

    /// The same of a file that was read.
    ///
    /// - Throws: as `read` of a path.
    package static func read(_ file: RowFile, sliceBy: String? = nil) throws -> [LabelledRow] {
        let (path, lines) = (file.path, file.lines)
        try check(first: lines.first, path)
        let rows = try RowComplaint.collect(lines, path) { try row($0, sliceBy: sliceBy) }
        let slices = Set(rows.compactMap { $0.slice.map(ExactString.init) }).count
        guard slices <= NameLimits.slices else {
            throw DatasetsError(
                .malformed,
                "The rows of \(path) belong to \(slices) slices; there may be at most \(NameLimits.slices).",
                advice: "Name a field with fewer values in evaluation.slice_by.")
        }
        return rows
    }

    /// - Throws: `DatasetsError.malformed` where there is no row, or it is one of another trainer's.
    static func check(first: JSONLine?, _ path: String) throws {
        guard let first else {
            throw DatasetsError(.malformed, "\(path) holds no rows.", advice: "One JSON object a line is expected.")
        }
        try ForeignRow.refuse(first, path, expecting: RowFormat.labelledKeys)
    }

    /// One row of them.
    ///
    /// - Throws: `RowComplaint`.
    static func row(_ line: JSONLine, sliceBy: String?) throws -> LabelledRow {
        let text = try string(line, "text")
        let second = try line.value("text_pair")
        // A table has a field for every row.
        let hasPair = second.map { !$0.isNull && !(line.isOfTable && $0.stringValue == "") } ?? false
        let pair = hasPair ? try string(line, "text_pair") : nil
        var slice: String?
        if let sliceBy { slice = try self.slice(line, sliceBy) }
        return LabelledRow(line: line.number, text: text, pair: pair, label: try label(line), slice: slice)
    }

    private static func label(_ line: JSONLine) throws -> RowLabel {
        let label = try value(line, "label")
        switch line.isOfTable ? number(label) ?? label : label {
        case .string(let name) where name.utf8.count > NameLimits.label:
            throw RowComplaint(
                line: line.number,
                text: "the label has \(name.utf8.count) bytes; at most \(NameLimits.label) are allowed.")
        case .string(let name) where !name.isEmpty: return .name(name)
        case .integer(let number): return .number(number)
        case .number(let value): return .value(value)
        case .string: throw RowComplaint(line: line.number, text: "the label is empty.")
        case let other:
            throw RowComplaint(
                line: line.number, text: "'label' is \(other.kind); a class's name or number, or a value, was expected."
            )
        }
    }

    /// A table's label that is written as a number.
    private static func number(_ label: JSONValue) -> JSONValue? {
        guard let text = label.stringValue, let first = text.utf8.first,
            first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        else { return nil }
        return try? JSONReader.parse(text, name: "label")
    }

    private static func slice(_ line: JSONLine, _ name: String) throws -> String {
        switch try value(line, name) {
        case .string(let text) where text.utf8.count > NameLimits.slice:
            throw RowComplaint(
                line: line.number,
                text:
                    "'\(name)' names the slice and has \(text.utf8.count) bytes; at most \(NameLimits.slice) are allowed."
            )
        case .string(let text) where !text.isEmpty && text != "all": return text
        case .integer(let number): return String(number)
        case .bool(let bool): return String(bool)
        case .string(let text):
            let fault = text.isEmpty ? "is empty" : "is 'all', the name of the slice of all rows"
            throw RowComplaint(line: line.number, text: "'\(name)' names the slice and \(fault).")
        case let other:
            throw RowComplaint(
                line: line.number, text: "'\(name)' names the slice; \(other.kind) was found, a string was expected.")
        }
    }

    private static func string(_ line: JSONLine, _ key: String) throws -> String {
        let value = try value(line, key)
        if let text = value.stringValue { return text }
        throw RowComplaint(
            line: line.number, text: "'\(line.name(of: key))' is \(value.kind), a string was expected.")
    }

    private static func value(_ line: JSONLine, _ key: String) throws -> JSONValue {
        if let value = try line.value(key), !value.isNull { return value }
        let name = line.name(of: key)
        let closest = Suggestion.closest(to: name, among: line.keys.filter { $0 != name })
        throw RowComplaint(
            line: line.number, text: "'\(name)' is missing" + (closest.map { "; '\($0)' was found." } ?? "."))
    }
}
