import Common
import Datasets
import Digests
import Foundation
import ModelFiles

/// Tokenized rows in a file that `TokenizedFileWriter` wrote, of which few are in memory at a time.
package final class TokenizedFile: Sendable {
    package let notes: TokenizedFileNotes
    /// The line of each row in the file of rows.
    package let lines: [UInt32]
    /// The highest id of a token.
    package let highestToken: Int
    /// The most tokens of a row that are fed to a model: the last of them is trained by what stands before it.
    package let mostFed: Int
    private let file: RandomAccessFile
    /// Where rows end.
    private let end: Int

    private static let bytesOfSum = 32
    private static let mostNotes = 64 << 20
    private static let piece = 1 << 20

    /// Opens a file and looks at all of it: its sum, and every number that a row's place or a label's is told by.
    ///
    /// - Throws: `TrainingError.malformed` for a file that is cut off or damaged, or not what it says; `ModelFilesError`
    ///   where it cannot be read.
    package init(_ path: String) throws {
        file = try RandomAccessFile(path)
        guard file.size >= TokenizedFileWriter.bytesOfHead + 8 + Self.bytesOfSum else { throw Self.fault(path) }
        let summed = file.size - Self.bytesOfSum
        try Self.checkSum(of: file, summed)
        var head = TokenizedFileWriter.magic
        head.append(littleEndian: TokenizedFileWriter.version)
        head.append(littleEndian: UInt32(0))
        guard try file.bytes(at: 0, count: head.count) == Data(head) else { throw Self.fault(path) }
        let length = try file.bytes(at: summed - 8, count: 8).withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
        }
        guard length <= Self.mostNotes, Int(length) <= summed - 8 - head.count else { throw Self.fault(path) }
        end = summed - 8 - Int(length)
        let text = try file.bytes(at: end, count: Int(length))
        guard let notes = try? JSONCoding.decoder().decode(TokenizedFileNotes.self, from: text) else {
            throw Self.fault(path)
        }
        self.notes = notes
        var lines: [UInt32] = []
        lines.reserveCapacity(min(notes.rows, end / RowRecord.bytes))
        var (highest, most) = (-1, 0)
        try Self.forEach(in: file, upTo: end) { record, tokens, runs, _ in
            lines.append(UInt32(record.line))
            guard record.figures.labels > 0 else { return }
            let example = try Self.example(record, tokens, runs, path)
            highest = max(highest, example.tokens.max() ?? -1)
            most = max(most, (example.labelPositions.last ?? -1) + 1)
        }
        guard lines.count == notes.rows else { throw Self.fault(path) }
        (self.lines, highestToken, mostFed) = (lines, highest, most)
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
    ///   - body: told of each row at one of them, whatever became of it.
    /// - Throws: as `init`, and `body`.
    package func examples(
        at places: some Sequence<Int>, _ body: (_ place: Int, _ record: RowRecord) throws -> Void = { _, _ in }
    ) throws -> StoredExamples {
        var entries: [StoredExamples.Entry] = []
        var wanted = places.makeIterator()
        var next = wanted.next()
        try forEach { place, record, offset in
            guard place == next else { return }
            next = wanted.next()
            try body(place, record)
            if record.figures.labels > 0 { entries.append(StoredExamples.Entry(record, offset: offset)) }
        }
        return StoredExamples(self, entries)
    }

    func example(_ entry: StoredExamples.Entry) throws -> TokenizedExample {
        let (tokens, runs) = (entry.bytesOfTokens, entry.bytesOfRuns)
        let bytes = try file.bytes(at: entry.offset, count: tokens + runs)
        return try bytes.withUnsafeBytes { bytes in
            try Self.example(
                isWide: entry.isWide, labels: Int(entry.labels),
                UnsafeRawBufferPointer(rebasing: bytes[..<tokens]), UnsafeRawBufferPointer(rebasing: bytes[tokens...]),
                file.path)
        }
    }

    private func forEach(_ body: (_ place: Int, _ record: RowRecord, _ offset: Int) throws -> Void) throws {
        var place = 0
        try Self.forEach(in: file, upTo: end) { record, _, _, offset in
            try body(place, record, offset)
            place += 1
        }
    }

    /// Reads all rows, each with the bytes of its tokens and of its runs, and the offset of the former.
    private static func forEach(
        in file: RandomAccessFile, upTo end: Int,
        _ body: (RowRecord, UnsafeRawBufferPointer, UnsafeRawBufferPointer, Int) throws -> Void
    ) throws {
        var piece = Data()
        // Where in the file the piece begins, and the next row.
        var start = TokenizedFileWriter.bytesOfHead
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
            let (tokens, runs) = (record.bytesOfTokens, record.bytesOfRuns)
            try have(RowRecord.bytes + tokens + runs)
            try piece.withUnsafeBytes { bytes in
                let place = position - start + RowRecord.bytes
                try body(
                    record, slice(bytes, place, tokens), slice(bytes, place + tokens, runs), position + RowRecord.bytes)
            }
            position += RowRecord.bytes + tokens + runs
        }
    }

    private static func slice(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)])
    }

    private static func example(
        _ record: RowRecord, _ tokens: UnsafeRawBufferPointer, _ runs: UnsafeRawBufferPointer, _ path: String
    ) throws -> TokenizedExample {
        try example(isWide: record.isWide, labels: record.figures.labels, tokens, runs, path)
    }

    private static func example(
        isWide: Bool, labels: Int, _ tokens: UnsafeRawBufferPointer, _ runs: UnsafeRawBufferPointer, _ path: String
    ) throws -> TokenizedExample {
        func number(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Int {
            Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
        }
        let ids =
            isWide
            ? (0..<(tokens.count / 4)).map { number(tokens, $0) }
            : (0..<(tokens.count / 2)).map {
                Int(UInt16(littleEndian: tokens.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self)))
            }
        var positions: [Int] = []
        positions.reserveCapacity(labels)
        for run in 0..<(runs.count / 8) {
            let (start, count) = (number(runs, 2 * run), number(runs, 2 * run + 1))
            // Each has a token behind it.
            guard count > 0, start > positions.last ?? -1, start + count < ids.count else { throw fault(path) }
            positions.append(contentsOf: start..<(start + count))
        }
        guard positions.count == labels else { throw fault(path) }
        return TokenizedExample(tokens: ids, labelPositions: positions)
    }

    private static func checkSum(of file: RandomAccessFile, _ summed: Int) throws {
        var hasher = SHA256()
        for start in stride(from: 0, to: summed, by: piece) {
            hasher.update(try file.bytes(at: start, count: min(piece, summed - start)))
        }
        guard try file.bytes(at: summed, count: bytesOfSum) == Data(hasher.finish()) else { throw fault(file.path) }
    }

    private static func fault(_ path: String) -> TrainingError {
        TrainingError(.malformed, "\(path) is damaged, or no file of tokenized rows.")
    }
}
