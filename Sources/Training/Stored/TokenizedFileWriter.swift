import Common
import Digests
import Foundation

/// Writes tokenized rows to a file as they come. What is written, and where:
///
/// 1. 16 bytes: `loradrow`, the version as u32, 0 as u32;
/// 2. for each row a `RowRecord`, and its tokens;
/// 3. the notes as JSON, and their bytes as u64;
/// 4. the SHA-256 of all before it.
package final class TokenizedFileWriter {
    static let magic = [UInt8]("loradrow".utf8)
    /// Of the file's layout; what decides tokens is the recipe's to say.
    static let version: UInt32 = 1
    static let bytesOfHead = 16
    private static let piece = 1 << 20

    private let output: AtomicFileOutput
    private var hasher: SHA256? = SHA256()
    private var pending: [UInt8] = []
    private var rows = 0

    private init(_ output: AtomicFileOutput) {
        self.output = output
        pending += Self.magic
        pending.append(littleEndian: Self.version)
        pending.append(littleEndian: UInt32(0))
    }

    /// Writes a file; where `body` throws, nothing is left of it.
    ///
    /// - Parameter body: appends every row, and returns the notes on all of them.
    /// - Throws: `SystemError.unwritable`; as `body`.
    package static func write(to path: String, _ body: (TokenizedFileWriter) throws -> TokenizedFileNotes) throws {
        try AtomicFile.write(to: path) { output in
            let writer = TokenizedFileWriter(output)
            var notes = try body(writer)
            notes.rows = writer.rows
            try writer.finish(notes)
        }
    }

    /// Appends a row.
    ///
    /// - Parameters:
    ///   - record: whose figures are the example's.
    ///   - example: nil of a row that is left out.
    package func append(_ record: RowRecord, _ example: TokenizedExample?) throws {
        precondition((example != nil) == (record.figures.labels > 0), "a row with labels is an example")
        var record = record
        let runs = example.map { Self.runs(of: $0.labelPositions) } ?? []
        record.runs = runs.count
        record.isWide = example?.tokens.contains { $0 > UInt16.max } ?? false
        record.append(to: &pending)
        for token in example?.tokens ?? [] {
            if record.isWide {
                pending.append(littleEndian: UInt32(token))
            } else {
                pending.append(littleEndian: UInt16(token))
            }
        }
        for run in runs {
            pending.append(littleEndian: UInt32(run.lowerBound))
            pending.append(littleEndian: UInt32(run.count))
        }
        rows += 1
        if pending.count >= Self.piece { try flush() }
    }

    /// Consecutive positions together.
    private static func runs(of positions: [Int]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for position in positions {
            if let last = runs.last, last.upperBound == position {
                runs[runs.count - 1] = last.lowerBound..<(position + 1)
            } else {
                runs.append(position..<(position + 1))
            }
        }
        return runs
    }

    private func finish(_ notes: TokenizedFileNotes) throws {
        let text = try CompactJSON.encode(notes)
        pending += text.utf8
        pending.append(littleEndian: UInt64(text.utf8.count))
        try flush()
        let sum = hasher.take()?.finish() ?? []
        try sum.withUnsafeBytes { try output.write($0) }
    }

    private func flush() throws {
        try pending.withUnsafeBytes { bytes in
            hasher?.update(bytes)
            try output.write(bytes)
        }
        pending.removeAll(keepingCapacity: true)
    }
}
