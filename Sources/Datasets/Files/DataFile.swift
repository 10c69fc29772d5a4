import Compression
import Foundation
import ModelFiles

/// Reads a file of rows: JSON lines, or a table where its name ends in `.csv` or `.tsv`; either as it is, or compressed by
/// gzip or zstd where `.gz` or `.zst` follows.
package enum DataFile {
    /// Bytes of a file, and of what a compressed one holds.
    package static let mostBytes = 2 << 30

    /// The rows of a file, all of them in memory, a dozen times as large; and the hash of its bytes as they lie, compressed
    /// or not: it is read once. Blank lines and a byte order mark at the beginning are passed over.
    ///
    /// - Parameters:
    ///   - rule: which files may be read.
    ///   - limit: of bytes, as they lie and unpacked.
    /// - Throws: `DatasetsError.missing` where there is no regular file, or `.malformed` for a file that is too large, cut
    ///   off or followed by something else where it is compressed, one of another kind (by name, with the command that
    ///   converts it), or naming file, line and, of JSON, column of a row that is too long or cannot be read;
    ///   `ModelFilesError.forbidden`.
    package static func read(
        _ path: String, rule: ReadingRule = .anything, limit: Int = mostBytes
    ) throws -> RowFile {
        let stream = try RowStream(path, rule: rule, limit: limit)
        var lines: [JSONLine] = []
        while let line = try stream.next() { lines.append(line) }
        return RowFile(path: path, sha256: try stream.drain(), lines: lines)
    }

    /// What a file's name says of how it is read: how it is compressed, and how a table's fields are separated.
    package static func reading(_ path: String) -> String {
        [Compression(path: path)?.name, separator(path).map { "separated by \($0)" }]
            .compactMap(\.self).joined(separator: ", ")
    }

    /// What separates the fields of a table; nil of a file of JSON lines.
    static func separator(_ path: String) -> UInt8? {
        let name = Compression(path: path) == nil ? path : (path as NSString).deletingPathExtension
        return DelimitedTable.separators[(name as NSString).pathExtension.lowercased()]
    }

    /// What `body` does to a file, its faults in the words of files of rows.
    static func translating<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as ModelFilesError {
            switch error.code {
            case .forbidden: throw error
            case .missing:
                throw DatasetsError(.missing, error.message, advice: "Check the path and its permissions.")
            default: throw DatasetsError(.malformed, error.message, advice: "Keep the rows that matter.")
            }
        }
    }
}
