import Common

/// Writes tokenized rows to a file as they come: a `SummedFileWriter`'s whose body has for each row a `RowRecord`, and what
/// is behind that.
package final class TokenizedFileWriter {
    /// The version is of the layout alone; what decides tokens is the recipe's to say.
    static let kind = SummedFileKind(magic: "loradrow", version: 2, name: "file of tokenized rows")

    private let file: SummedFileWriter
    private var rows = 0

    private init(_ file: SummedFileWriter) { self.file = file }

    /// Writes a file; where `body` throws, nothing is left of it.
    ///
    /// - Parameter body: appends every row, and returns the notes on all of them.
    /// - Throws: `SystemError.unwritable`; as `body`.
    package static func write(to path: String, _ body: (TokenizedFileWriter) throws -> TokenizedFileNotes) throws {
        try SummedFileWriter.write(kind, to: path) { file in
            let writer = TokenizedFileWriter(file)
            var notes = try body(writer)
            notes.rows = writer.rows
            return notes
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
        record.hasTypes = example?.tokenTypes.isEmpty == false
        record.append(to: &file.pending)
        for token in example?.tokens ?? [] {
            if record.isWide {
                file.pending.append(littleEndian: UInt32(token))
            } else {
                file.pending.append(littleEndian: UInt16(token))
            }
        }
        for type in example?.tokenTypes ?? [] { file.pending.append(UInt8(type)) }
        for run in runs {
            file.pending.append(littleEndian: UInt32(run.lowerBound))
            file.pending.append(littleEndian: UInt32(run.count))
        }
        rows += 1
        try file.flushWhereFull()
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
}
