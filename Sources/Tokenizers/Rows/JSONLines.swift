import Foundation
import ModelFiles

/// One row of a JSON Lines file.
package struct JSONLine: Sendable {
    /// Counted from 1, blank lines included.
    package let number: Int
    package let value: JSONValue
}

/// Reads data files with one JSON object a line. https://jsonlines.org
package enum JSONLines {
    private static let longestLine = 10 << 20
    /// Rows are held in memory, a dozen times as large as their file.
    private static let largestFile = 2 << 30

    /// All rows; blank lines are passed over.
    ///
    /// - Throws: `TokenizersError.missing` where there is no regular file, or `.malformed` for a file that is too large,
    ///   or naming file and line of a row that is too long, not UTF-8, not JSON (an unpaired surrogate included) or no
    ///   object.
    package static func read(_ path: String) throws -> [JSONLine] {
        let data: Data
        do { data = try RegularFile.read(path, limit: largestFile) } catch let error as ModelFilesError {
            guard error.code == .missing else {
                throw TokenizersError(.malformed, error.message, advice: "Keep the rows that matter.")
            }
            throw TokenizersError(.missing, error.message, advice: "Check the path and its permissions.")
        }
        return try data.withUnsafeBytes { try rows($0, path) }
    }

    private static func rows(_ bytes: UnsafeRawBufferPointer, _ path: String) throws -> [JSONLine] {
        var lines: [JSONLine] = []
        let newline = UInt8(ascii: "\n")
        for (index, line) in bytes.split(separator: newline, omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            guard line.count <= longestLine else {
                throw TokenizersError(.malformed, "\(path):\(number): the line is longer than \(longestLine) bytes.")
            }
            guard !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { continue }
            let value = try parse(UnsafeRawBufferPointer(rebasing: line), "\(path):\(number)")
            lines.append(JSONLine(number: number, value: value))
        }
        return lines
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer, _ place: String) throws -> JSONValue {
        do {
            let value = try JSONReader.parse(bytes, name: "the line")
            guard value.objectValue != nil else {
                throw TokenizersError(.malformed, "\(place): \(value.kind) was found, an object was expected.")
            }
            return value
        } catch let error as ModelFilesError {
            throw TokenizersError(.malformed, "\(place): \(error.message)")
        }
    }
}
