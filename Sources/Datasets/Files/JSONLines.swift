import Foundation
import ModelFiles

/// Reads data files with one JSON object a line. https://jsonlines.org
package enum JSONLines {
    private static let longestLine = 10 << 20
    /// Rows are held in memory, a dozen times as large as their file.
    private static let largestFile = 2 << 30
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// All rows; blank lines and a byte order mark at the beginning are passed over.
    ///
    /// - Throws: as `file`.
    package static func read(_ path: String) throws -> [JSONLine] { try file(path).lines }

    /// The rows of a file and the hash of the bytes that they were parsed from: it is read once.
    ///
    /// - Parameter rule: which files may be read.
    /// - Throws: `DatasetsError.missing` where there is no regular file, or `.malformed` for a file that is too large,
    ///   one of another kind (by name, with the command that converts it), or naming file, line and column of a row that
    ///   is too long or no object whose members can be told apart; `ModelFilesError.forbidden`.
    package static func file(_ path: String, rule: ReadingRule = .anything) throws -> RowFile {
        let data: Data
        do { data = try RegularFile.read(path, limit: largestFile, rule: rule) } catch let error as ModelFilesError {
            switch error.code {
            case .forbidden: throw error
            case .missing:
                throw DatasetsError(.missing, error.message, advice: "Check the path and its permissions.")
            default: throw DatasetsError(.malformed, error.message, advice: "Keep the rows that matter.")
            }
        }
        let lines = try data.withUnsafeBytes { bytes in
            let isMarked = bytes.starts(with: byteOrderMark)
            return try rows(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(isMarked ? byteOrderMark.count : 0)), path)
        }
        return RowFile(path: path, sha256: ContentHash.ofBytes(data), lines: lines)
    }

    /// Whether JSON passes over the byte inside a line.
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    private static func rows(_ bytes: UnsafeRawBufferPointer, _ path: String) throws -> [JSONLine] {
        if let kind = DataFileKind(bytes) { throw kind.error(path) }
        var lines: [JSONLine] = []
        let newline = UInt8(ascii: "\n")
        for (index, line) in bytes.split(separator: newline, omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            guard line.count <= longestLine else {
                throw DatasetsError(.malformed, "\(path):\(number): the line is longer than \(longestLine) bytes.")
            }
            guard !line.allSatisfy(isBlank) else { continue }
            do {
                lines.append(try JSONLine(number: number, UnsafeRawBufferPointer(rebasing: line)))
            } catch let complaint as RowComplaint {
                throw DatasetsError(
                    .malformed, complaint.message(path),
                    advice: complaint.advice?.advice(path) ?? "One JSON object a line is expected.")
            }
        }
        return lines
    }
}
