import ModelFiles
import Tokenizers

/// Reads evaluation rows from a file of JSON lines.
///
/// A row may hold more fields than its format needs. A missing or mistyped field is an error that names the file, the
/// line, the field, and the closest name that the row does have.
package struct EvaluationRows {
    private let sliceBy: String?

    /// Every row, in order.
    ///
    /// - Parameter training: the training rows' format, which the file is read in where its first row has the fields;
    ///   elsewhere, and where it is nil, the one format whose fields the first row has.
    /// - Parameter sliceBy: the field whose values name the slices.
    /// - Throws: `DatasetsError.malformed` for a row that does not fit, and for a file without rows;
    ///   `DatasetsError` for a file that cannot be read, and for rows that are not JSON or another trainer's.
    package static func read(
        _ path: String, beside training: RowFormat? = nil, sliceBy: String? = nil
    ) throws -> [EvaluationRow] {
        try read(DataFile.read(path).laidOut().file, beside: training, sliceBy: sliceBy)
    }

    /// The same of a file that was read.
    ///
    /// - Throws: as `read` of a path.
    package static func read(
        _ file: RowFile, beside training: RowFormat? = nil, sliceBy: String? = nil
    ) throws -> [EvaluationRow] {
        let (path, lines) = (file.path, file.lines)
        guard let first = lines.first else { throw DatasetsError(.malformed, "\(path) holds no rows.") }
        let format = try format(first, path, beside: training)
        let reader = EvaluationRows(sliceBy: sliceBy)
        let rows = try lines.map { try reader.row(DataFields(path: path, line: $0), format) }
        let slices = Set(rows.compactMap(\.slice)).count
        guard slices <= NameLimits.slices else {
            throw DatasetsError(
                .malformed,
                "The rows of \(path) belong to \(slices) slices; there may be at most \(NameLimits.slices).",
                advice: "Name a field with fewer values in evaluation.slice_by.")
        }
        return rows
    }

    private static func format(_ first: JSONLine, _ path: String, beside training: RowFormat?) throws -> RowFormat {
        let matching = RowFormat.allCases.filter { $0.fits(first) }
        let format = training.flatMap { matching.contains($0) ? $0 : nil } ?? (matching.count == 1 ? matching[0] : nil)
        try ForeignRow.refuse(first, path, expecting: (format ?? matching.first)?.keys ?? [])
        if let format { return format }
        let row = DataFields(path: path, line: first)
        let problem = matching.isEmpty ? "fit none" : "fit more than one"
        throw row.error(
            "the fields \(row.names) \(problem) of the formats \(RowFormat.described).",
            advice: "Rename the fields, or keep those of one format.")
    }

    private func row(_ fields: DataFields, _ format: RowFormat) throws -> EvaluationRow {
        EvaluationRow(
            line: fields.line, slice: try sliceBy.map { try slice(fields, $0) }, content: try content(fields, format))
    }

    private func content(_ fields: DataFields, _ format: RowFormat) throws -> EvaluationRow.Content {
        switch format {
        case .promptCompletion:
            let prompt = try fields.string("prompt")
            let completion = try fields.string("completion")
            guard !completion.isEmpty else { throw fields.error("the completion is empty: there is nothing to score.") }
            return .promptCompletion(prompt: prompt, completion: completion)
        case .messages:
            do {
                return .messages(
                    try Conversation(messages: try fields.value("messages"), tools: try fields.optional("tools")))
            } catch let error as TokenizersError { throw fields.error(error.message, advice: error.advice) }
        case .text:
            return .text(try fields.string("text"))
        }
    }

    private func slice(_ fields: DataFields, _ name: String) throws -> String {
        let value = try fields.value(name)
        let text: String
        switch value {
        case .string(let string): text = string
        case .integer(let integer): text = String(integer)
        case .bool(let bool): text = String(bool)
        case .null, .number, .array, .object:
            throw fields.error(
                "the field `\(name)` names the slice, so it must be a string, but \(value.kind) was found.")
        }
        guard !text.isEmpty else { throw fields.error("the field `\(name)` names the slice, but it is empty.") }
        guard text.utf8.count <= NameLimits.slice else {
            throw fields.error(
                "the field `\(name)` names the slice and has \(text.utf8.count) bytes; at most \(NameLimits.slice) are "
                    + "allowed.")
        }
        guard text != SliceName.all else {
            throw fields.error("the slice name `\(SliceName.all)` is taken by the slice of all rows.")
        }
        return text
    }
}
