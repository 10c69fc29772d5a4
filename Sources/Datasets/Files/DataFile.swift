import Compression
import Foundation
import ModelFiles

/// Reads a file of rows: JSON lines, or a table where its name ends in `.csv` or `.tsv`; either as it is, or compressed by
/// gzip or zstd where `.gz` or `.zst` follows.
package enum DataFile {
    /// Bytes of a file, and of what a compressed one holds. Rows are held in memory, a dozen times as large.
    package static let mostBytes = 2 << 30
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The rows of a file, and the hash of its bytes as they lie, compressed or not: it is read once. Blank lines and a byte
    /// order mark at the beginning are passed over.
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
        let stored: Data
        do { stored = try RegularFile.read(path, limit: limit, rule: rule) } catch let error as ModelFilesError {
            switch error.code {
            case .forbidden: throw error
            case .missing:
                throw DatasetsError(.missing, error.message, advice: "Check the path and its permissions.")
            default: throw DatasetsError(.malformed, error.message, advice: "Keep the rows that matter.")
            }
        }
        let sha256 = ContentHash.ofBytes(stored)
        let (data, name) = try unpacked(stored, path, limit: limit)
        let lines = try data.withUnsafeBytes { bytes in
            let isMarked = bytes.starts(with: byteOrderMark)
            let text = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(isMarked ? byteOrderMark.count : 0))
            return try rows(text, path, ending: (name as NSString).pathExtension.lowercased())
        }
        return RowFile(path: path, sha256: sha256, lines: lines)
    }

    /// What the file holds, and its name without the ending that says how it is compressed.
    private static func unpacked(_ data: Data, _ path: String, limit: Int) throws -> (Data, name: String) {
        guard let compression = Compression(path: path) else { return (data, path) }
        do {
            return (try compression.unpack(data, limit: limit), (path as NSString).deletingPathExtension)
        } catch {
            throw DatasetsError(.malformed, "\(path) \(error.message)", cause: error.cause, advice: error.advice)
        }
    }

    private static func rows(_ bytes: UnsafeRawBufferPointer, _ path: String, ending: String) throws -> [JSONLine] {
        guard let separator = DelimitedTable.separators[ending] else { return try JSONLines.rows(bytes, path) }
        if let kind = DataFileKind(bytes, isTable: true) { throw kind.error(path) }
        return try DelimitedTable.rows(bytes, path, separator: separator)
    }
}
