import Datasets
import Foundation
import ModelFiles

/// Tokenized rows in a file that `TokenizedFileWriter` wrote, of which few are in memory at a time.
package final class TokenizedFile: Sendable {
    package let notes: TokenizedFileNotes
    /// The line of each row in the file of rows.
    package let lines: [UInt32]
    /// Of each row; empty where rows have none.
    package let labels: LabelColumn
    /// The highest id of a token.
    package let highestToken: Int
    /// The most tokens of a row that are fed to a model: the last one that is predicted is not.
    package let mostFed: Int
    private let stored: SummedFile

    private static let piece = 1 << 20

    /// Opens a file and looks at all of it: its sum, and every number that a row's place or a label's is told by.
    ///
    /// - Throws: `TrainingError.malformed` for a file that is cut off or damaged, or not what it says; `ModelFilesError`
    ///   where it cannot be read.
    package init(_ path: String) throws {
        stored = try SummedFile(path, TokenizedFileWriter.kind)
        let notes: TokenizedFileNotes = try stored.notes()
        self.notes = notes
        var lines: [UInt32] = []
        lines.reserveCapacity(min(notes.rows, stored.body.count / RowRecord.bytes))
        var cells: [LabelColumn.Cell] = []
        var (highest, most) = (-1, 0)
        try Self.forEach(in: stored) { record, bytes, _ in
            lines.append(UInt32(record.line))
            if let label = record.label {
                if case .name(let place) = label, place >= notes.labels.count { throw Self.fault(path) }
                cells.append(label)
            }
            guard record.figures.labels > 0 else { return }
            guard let example = record.shape.example(bytes, target: nil) else { throw Self.fault(path) }
            highest = max(highest, example.tokens.max() ?? -1)
            most = max(most, record.label == nil ? (example.labelPositions.last ?? -1) + 1 : example.tokens.count)
        }
        guard lines.count == notes.rows, cells.isEmpty || cells.count == lines.count else { throw Self.fault(path) }
        (self.lines, highestToken, mostFed) = (lines, highest, most)
        labels = LabelColumn(names: notes.labels, cells: cells)
    }

    /// Tells of each row in order.
    ///
    /// - Throws: as `init`, and `body`.
    package func forEach(_ body: (_ place: Int, _ record: RowRecord) throws -> Void) throws {
        try forEach { place, record, _ in try body(place, record) }
    }

    /// The rows at `places` that are trained on.
    ///
    /// - Parameters:
    ///   - places: ascending.
    ///   - targets: what each row of the file must be predicted to be; empty where tokens are predicted.
    ///   - body: told of each row at one of them, whatever became of it.
    /// - Throws: as `init`, and `body`.
    package func examples(
        at places: some Sequence<Int>, targets: [SequenceTarget] = [],
        _ body: (_ place: Int, _ record: RowRecord) throws -> Void = { _, _ in }
    ) throws -> StoredExamples {
        precondition(targets.isEmpty || targets.count == lines.count, "a target for each row")
        var entries: [StoredExamples.Entry] = []
        var wanted = places.makeIterator()
        var next = wanted.next()
        try forEach { place, record, offset in
            guard place == next else { return }
            next = wanted.next()
            try body(place, record)
            guard record.figures.labels > 0 else { return }
            let target = targets.isEmpty ? nil : targets[place]
            entries.append(StoredExamples.Entry(offset: offset, shape: record.shape, target: target))
        }
        return StoredExamples(self, entries)
    }

    func example(_ entry: StoredExamples.Entry) throws -> TokenizedExample {
        let bytes = try stored.file.bytes(at: entry.offset, count: entry.shape.bytes)
        guard let example = bytes.withUnsafeBytes({ entry.shape.example($0, target: entry.target) }) else {
            throw Self.fault(stored.file.path)
        }
        return example
    }

    private func forEach(_ body: (_ place: Int, _ record: RowRecord, _ offset: Int) throws -> Void) throws {
        var place = 0
        try Self.forEach(in: stored) { record, _, offset in
            try body(place, record, offset)
            place += 1
        }
    }

    /// Reads all rows, each with the bytes behind its record, and their offset.
    private static func forEach(
        in stored: SummedFile, _ body: (RowRecord, UnsafeRawBufferPointer, Int) throws -> Void
    ) throws {
        let (file, end) = (stored.file, stored.body.upperBound)
        var piece = Data()
        // Where in the file the piece begins, and the next row.
        var start = stored.body.lowerBound
        var position = start
        func have(_ count: Int) throws {
            guard count <= end - position else { throw fault(file.path) }
            guard position + count > start + piece.count else { return }
            start = position
            piece = try file.bytes(at: start, count: min(end - start, max(count, Self.piece)))
        }
        while position < end {
            try have(RowRecord.bytes)
            let found = piece.withUnsafeBytes { RowRecord(slice($0, position - start, RowRecord.bytes)) }
            guard let record = found else { throw fault(file.path) }
            let count = record.shape.bytes
            try have(RowRecord.bytes + count)
            try piece.withUnsafeBytes { bytes in
                let behind = slice(bytes, position - start + RowRecord.bytes, count)
                try body(record, behind, position + RowRecord.bytes)
            }
            position += RowRecord.bytes + count
        }
    }

    private static func slice(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)])
    }

    private static func fault(_ path: String) -> TrainingError { TokenizedFileWriter.kind.fault(path) }
}
