import Datasets
import ModelFiles

/// One of the files that a job trains on. Its rows are read as a stream, and the hash that a run records is of the very
/// bytes that became tokens, now or in an earlier job.
final class TrainingFile {
    /// As the manifest names it.
    let path: String
    /// Of the bytes that were read; nil before that, and where they cannot be used.
    private(set) var sha256: String?
    private let rule: ReadingRule
    let reading: RowReading
    private var opened: Result<LaidOutRows, any Error>?
    private var lines: [UInt32] = []
    private var isLogged = false

    init(_ path: String, rule: ReadingRule, reading: RowReading) {
        (self.path, self.rule, self.reading) = (path, rule, reading)
    }

    /// The first row; nil where there is none or the file cannot be read, which whoever reads it will say.
    var first: JSONLine? { try? atBeginning().get().first }

    /// The rows from the first on.
    ///
    /// - Throws: as `LaidOutRows.init`.
    func open() throws -> LaidOutRows {
        defer { opened = nil }
        return try atBeginning().get()
    }

    /// The same as rows to train on.
    ///
    /// - Parameter format: nil where the first row tells.
    /// - Throws: as `TrainingRowStream.init`.
    func stream(format: RowFormat?, isLabelled: Bool) throws -> TrainingRowStream {
        let rows = try open()
        return isLabelled ? try TrainingRowStream(labelled: rows) : try TrainingRowStream(rows, format: format)
    }

    /// Tells what was read.
    ///
    /// - Parameter lines: of each row.
    func settle(sha256: String, lines: [UInt32]) { (self.sha256, self.lines) = (sha256, lines) }

    /// The line of the row at `place`, both as they were read: lines are counted from 1, rows from 0.
    subscript(place: Int) -> Int { lines.indices.contains(place) ? Int(lines[place]) : place + 1 }

    private func atBeginning() -> Result<LaidOutRows, any Error> {
        if let opened { return opened }
        let result = Result { try reading.open(path, rule: rule) }
        if case .success(let rows) = result, !isLogged {
            reading.tell(rows.notes)
            isLogged = true
        }
        opened = result
        return result
    }
}
