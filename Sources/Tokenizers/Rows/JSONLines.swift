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

    /// All rows; blank lines are passed over.
    ///
    /// - Throws: `TokenizersError.missing`, or `.malformed` naming file and line of a row that is too long, not UTF-8,
    ///   not JSON (an unpaired surrogate included) or no object.
    package static func read(_ path: String) throws -> [JSONLine] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw TokenizersError(.missing, "\(path) cannot be read.", advice: "Check the path and its permissions.")
        }
        var lines: [JSONLine] = []
        let newline = UInt8(ascii: "\n")
        for (index, bytes) in data.split(separator: newline, omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            guard bytes.count <= longestLine else {
                throw TokenizersError(.malformed, "\(path):\(number): the line is longer than \(longestLine) bytes.")
            }
            guard !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) else { continue }
            lines.append(JSONLine(number: number, value: try parse(bytes, "\(path):\(number)")))
        }
        return lines
    }

    private static func parse(_ bytes: Data, _ place: String) throws -> JSONValue {
        do {
            let value = try bytes.withUnsafeBytes { try JSONReader.parse($0, name: "the line") }
            guard value.objectValue != nil else {
                throw TokenizersError(.malformed, "\(place): \(value.kind) was found, an object was expected.")
            }
            return value
        } catch let error as ModelFilesError {
            throw TokenizersError(.malformed, "\(place): \(error.message)")
        }
    }
}
