import ModelFiles

/// Reads rows of the `classification` format: JSON lines of `{"text", "text_pair"?, "label"}`. A row may hold more fields.
package enum LabelledRows {
    /// The fields that tell this format from others.
    package static let fields = ["text", "label"]

    /// Every row, in order.
    ///
    /// - Parameter sliceBy: the field whose values name slices.
    /// - Throws: `TokenizersError` where the file cannot be read; `.malformed` listing every row (the first 20) that lacks
    ///   a field or holds something else in it, as `file:line: message`.
    package static func read(_ path: String, sliceBy: String? = nil) throws -> [LabelledRow] {
        let lines = try JSONLines.read(path)
        guard !lines.isEmpty else {
            throw TokenizersError(.malformed, "\(path) holds no rows.", advice: "One JSON object a line is expected.")
        }
        return try collect(lines, path) { try row($0, sliceBy: sliceBy) }
    }

    /// What `body` makes of every element; complaints are gathered and thrown as one.
    static func collect<Element, Result>(
        _ elements: [Element], _ path: String, _ body: (Element) throws -> Result
    ) throws -> [Result] {
        var results: [Result] = []
        var complaints: [String] = []
        for element in elements {
            do { results.append(try body(element)) } catch let complaint as Complaint {
                complaints.append("\(path):\(complaint.line): \(complaint.text)")
            }
        }
        guard complaints.isEmpty else {
            let more = complaints.count > 20 ? ["and \(complaints.count - 20) rows more"] : []
            throw TokenizersError(.malformed, (complaints.prefix(20) + more).joined(separator: "\n"))
        }
        return results
    }

    /// What is wrong with one row.
    struct Complaint: Error {
        let line: Int
        let text: String
    }

    private static func row(_ line: JSONLine, sliceBy: String?) throws -> LabelledRow {
        let text = try string(line, "text")
        let pair = line.value["text_pair"].map { !$0.isNull } == true ? try string(line, "text_pair") : nil
        var slice: String?
        if let sliceBy { slice = try self.slice(line, sliceBy) }
        return LabelledRow(line: line.number, text: text, pair: pair, label: try label(line), slice: slice)
    }

    private static func label(_ line: JSONLine) throws -> RowLabel {
        switch try value(line, "label") {
        case .string(let name) where !name.isEmpty: return .name(name)
        case .integer(let number): return .number(number)
        case .number(let value): return .value(value)
        case .string: throw Complaint(line: line.number, text: "the label is empty.")
        case let other:
            throw Complaint(
                line: line.number, text: "'label' is \(other.kind); a class's name or number, or a value, was expected."
            )
        }
    }

    private static func slice(_ line: JSONLine, _ name: String) throws -> String {
        switch try value(line, name) {
        case .string(let text) where !text.isEmpty && text != "all": return text
        case .integer(let number): return String(number)
        case .bool(let bool): return String(bool)
        case .string(let text):
            let fault = text.isEmpty ? "is empty" : "is 'all', the name of the slice of all rows"
            throw Complaint(line: line.number, text: "'\(name)' names the slice and \(fault).")
        case let other:
            throw Complaint(
                line: line.number, text: "'\(name)' names the slice; \(other.kind) was found, a string was expected.")
        }
    }

    private static func string(_ line: JSONLine, _ key: String) throws -> String {
        let value = try value(line, key)
        if let text = value.stringValue { return text }
        throw Complaint(line: line.number, text: "'\(key)' is \(value.kind), a string was expected.")
    }

    private static func value(_ line: JSONLine, _ key: String) throws -> JSONValue {
        if let value = line.value[key], !value.isNull { return value }
        let closest = Suggestion.closest(to: key, among: line.value.objectValue?.keys.filter { $0 != key } ?? [])
        throw Complaint(
            line: line.number, text: "'\(key)' is missing" + (closest.map { "; '\($0)' was found." } ?? "."))
    }
}
