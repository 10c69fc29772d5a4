import Common
import ModelFiles
import Tokenizers

/// Reads training rows from a JSON Lines file; the format is that of the first row unless given.
package enum TrainingRowReader {
    /// Every row, in order, and the format that they are read in.
    ///
    /// - Throws: `DatasetsError` where the file cannot be read, or `.malformed` listing the rows (the first 20) that
    ///   lack a key or hold something else than text, as `file:line: message`, with the column of what is no JSON;
    ///   `DatasetsError.malformed` where there are no rows, or the first is of no format.
    package static func read(_ path: String, format: RowFormat?) throws -> (rows: [TrainingRow], format: RowFormat) {
        try read(DataFile.read(path).laidOut(expecting: format?.keys).file, format: format)
    }

    /// The same of a file that was read.
    ///
    /// - Throws: as `read` of a path.
    package static func read(_ file: RowFile, format: RowFormat?) throws -> (rows: [TrainingRow], format: RowFormat) {
        try read(file) { format ?? inferred($0) }
    }

    /// The rows of a file that is read beside the training rows: in their format where the first row has its keys.
    ///
    /// - Throws: as `read`.
    package static func read(_ path: String, beside training: RowFormat) throws -> [TrainingRow] {
        try read(DataFile.read(path).laidOut().file, beside: training)
    }

    /// The same of a file that was read.
    ///
    /// - Throws: as `read` of a path.
    package static func read(_ file: RowFile, beside training: RowFormat) throws -> [TrainingRow] {
        try read(file) { training.fits($0) ? training : inferred($0) }.rows
    }

    private static func read(_ file: RowFile, _ format: (JSONLine) -> RowFormat?) throws
        -> (rows: [TrainingRow], format: RowFormat)
    {
        let format = try self.format(of: file.lines.first, file.path, format)
        return (try RowComplaint.collect(file.lines, file.path) { try row($0, format) }, format)
    }

    /// The format that a file's rows are read in.
    ///
    /// - Parameter format: what it is by the first row; nil where that is of none.
    fileprivate static func format(
        of first: JSONLine?, _ path: String, _ format: (JSONLine) -> RowFormat?
    ) throws -> RowFormat {
        guard let first else {
            throw DatasetsError(.malformed, "\(path) holds no rows.", advice: "One JSON object a line is expected.")
        }
        let format = format(first)
        try ForeignRow.refuse(first, path, expecting: format?.keys ?? [])
        guard let format else {
            throw DatasetsError(
                .malformed, "\(path):\(first.number): the row's keys are those of no format.",
                advice: "Formats: \(RowFormat.described).")
        }
        return format
    }

    fileprivate static func inferred(_ line: JSONLine) -> RowFormat? { RowFormat.allCases.first { $0.fits(line) } }

    fileprivate static func row(_ line: JSONLine, _ format: RowFormat) throws -> TrainingRow {
        switch format {
        case .promptCompletion:
            let completion = try text(line, "completion")
            guard !completion.isEmpty else { throw RowComplaint(line: line.number, text: "the completion is empty.") }
            return .completion(prompt: try text(line, "prompt"), completion: completion)
        case .text: return .text(try text(line, "text"))
        case .messages: return .messages(try conversation(line))
        }
    }

    private static func text(_ line: JSONLine, _ key: String) throws -> String {
        if let value = try line.value(key) {
            if let text = value.stringValue { return text }
            throw RowComplaint(
                line: line.number, text: "'\(line.name(of: key))' is \(value.kind), a string was expected.")
        }
        let name = line.name(of: key)
        let closest = Suggestion.closest(to: name, among: line.keys)
        throw RowComplaint(
            line: line.number, text: "'\(name)' is missing" + (closest.map { "; '\($0)' was found." } ?? "."))
    }

    private static func conversation(_ line: JSONLine) throws -> Conversation {
        do {
            return try Conversation(messages: try line.value("messages") ?? .null, tools: try line.value("tools"))
        } catch let error as TokenizersError {
            throw RowComplaint(line: line.number, text: error.message + (error.advice.map { " \($0)" } ?? ""))
        }
    }
}

/// The training rows of a file one after the other, of which none is kept.
package struct TrainingRowStream {
    /// That all rows are read in; nil of rows with labels.
    package let format: RowFormat?
    /// As they stand in the file.
    package let rows: LaidOutRows
    private var complaints: [RowComplaint] = []

    /// - Parameter format: nil for that of the first row.
    /// - Throws: `DatasetsError.malformed` where there are no rows, or the first is of no format.
    package init(_ rows: LaidOutRows, format: RowFormat?) throws {
        self.rows = rows
        do {
            self.format = try TrainingRowReader.format(of: rows.first, rows.path) {
                format ?? TrainingRowReader.inferred($0)
            }
        } catch {
            // A column that no row has says better why the keys are those of no format.
            while try rows.next() != nil {}
            throw error
        }
    }

    /// Rows with labels.
    ///
    /// - Throws: `DatasetsError.malformed` where there are no rows, or the first is one of another trainer's.
    package init(labelled rows: LaidOutRows) throws {
        (self.rows, format) = (rows, nil)
        try LabelledRows.check(first: rows.first, rows.path)
    }

    /// The next row that can be read, and its line; nil at the end.
    ///
    /// - Throws: as `LaidOutRows.next`; at the end, `DatasetsError.malformed` listing the rows (the first 20) that lack a
    ///   key or hold something else in it.
    package mutating func next() throws -> (line: JSONLine, row: TrainingRow)? {
        while let line = try rows.next() {
            do {
                let row =
                    try format.map { try TrainingRowReader.row(line, $0) }
                    ?? .labelled(LabelledRows.row(line, sliceBy: nil))
                // Of a file that is refused nobody wants the rows.
                if complaints.isEmpty { return (line, row) }
            } catch let complaint as RowComplaint { complaints.append(complaint) }
        }
        if let refusal = RowComplaint.refusal(complaints, rows.path) { throw refusal }
        return nil
    }
}
