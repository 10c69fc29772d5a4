import Tokenizers

/// Reads evaluation rows from JSON lines, in order, one at a time.
///
/// A row may hold more fields than its format needs. A missing or mistyped field is an error that names file, line,
/// field, and the closest name that the row does have.
package final class EvaluationRowReader {
    private let lines: JSONLines
    private let sliceBy: String?
    private var format: RowFormat?

    /// The file that is read, as messages name it.
    package var path: String { lines.path }

    /// `format` nil: inferred from the first row's fields. `sliceBy`: the field whose values name the slices.
    package init(path: String, format: RowFormat? = nil, sliceBy: String? = nil) throws {
        lines = try JSONLines(path: path)
        self.format = format
        self.sliceBy = sliceBy
    }

    /// The next row, nil at the end of the file.
    package func next() throws -> EvaluationRow? {
        guard let row = try lines.next() else { return nil }
        let format = try format ?? inferFormat(row)
        self.format = format
        return EvaluationRow(
            line: row.line,
            slice: try sliceBy.map { try sliceValue(row, field: $0) },
            content: try content(row, format))
    }

    /// Every row; throws `malformed` for a file without rows.
    package func all() throws -> [EvaluationRow] {
        var rows: [EvaluationRow] = []
        while let row = try next() { rows.append(row) }
        guard !rows.isEmpty else { throw EvaluationError(.malformed, "\(path) holds no rows") }
        return rows
    }

    private func inferFormat(_ row: JSONLines.Row) throws -> RowFormat {
        let matching = RowFormat.allCases.filter { $0.fields.allSatisfy { row[$0] != nil } }
        if matching.count == 1 { return matching[0] }
        let known = RowFormat.allCases.map { "\($0.rawValue) (\($0.fields.joined(separator: ", ")))" }
        let problem = matching.isEmpty ? "fit no format" : "fit more than one format"
        throw error(
            row, "the row's fields (\(names(row))) \(problem) of \(known.joined(separator: ", "))",
            advice: "name the format in the manifest, or rename the fields")
    }

    private func content(_ row: JSONLines.Row, _ format: RowFormat) throws -> EvaluationRow.Content {
        switch format {
        case .promptCompletion:
            let completion = try string(row, "completion")
            guard !completion.isEmpty else { throw error(row, "the field `completion` is empty: nothing to score") }
            return .promptCompletion(prompt: try string(row, "prompt"), completion: completion)
        case .messages:
            return .messages(try messages(row))
        case .text:
            return .text(try string(row, "text"))
        }
    }

    private func messages(_ row: JSONLines.Row) throws -> [ChatMessage] {
        let value = try field(row, "messages")
        guard case .array(let items) = value, !items.isEmpty else {
            throw error(row, "the field `messages` must be a list of at least one message, found \(value.kind)")
        }
        return try items.enumerated().map { index, item in
            guard case .object(let members) = item else {
                throw error(row, "message \(index + 1) must be an object with role and content, found \(item.kind)")
            }
            let message = JSONLines.Row(line: row.line, members: members)
            return ChatMessage(role: try string(message, "role"), content: try string(message, "content"))
        }
    }

    private func sliceValue(_ row: JSONLines.Row, field name: String) throws -> String {
        let value = try field(row, name)
        let text: String
        switch value {
        case .string(let string): text = string
        case .number(let spelling): text = spelling
        case .bool(let bool): text = bool ? "true" : "false"
        case .null, .array, .object:
            throw error(row, "the field `\(name)`, which names the slice, must be text, found \(value.kind)")
        }
        guard !text.isEmpty else { throw error(row, "the field `\(name)`, which names the slice, is empty") }
        guard text != SliceName.all else {
            throw error(row, "the slice name `\(SliceName.all)` is taken by the slice of all rows")
        }
        return text
    }

    private func string(_ row: JSONLines.Row, _ name: String) throws -> String {
        let value = try field(row, name)
        guard case .string(let string) = value else {
            throw error(row, "the field `\(name)` must be text, found \(value.kind)")
        }
        return string
    }

    private func field(_ row: JSONLines.Row, _ name: String) throws -> JSONValue {
        if let value = row[name] { return value }
        let keys = row.members.map(\.key)
        let hint = ClosestName.of(name, among: keys).map { "; did you mean `\($0)`?" } ?? ""
        throw error(row, "the field `\(name)` is missing; the row has \(names(row))\(hint)")
    }

    private func names(_ row: JSONLines.Row) -> String {
        row.members.isEmpty ? "no fields" : row.members.map { "`\($0.key)`" }.joined(separator: ", ")
    }

    private func error(_ row: JSONLines.Row, _ message: String, advice: String? = nil) -> EvaluationError {
        EvaluationError(.malformed, "\(path):\(row.line): \(message)", advice: advice)
    }
}
