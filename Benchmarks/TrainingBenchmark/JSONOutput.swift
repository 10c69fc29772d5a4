import Foundation

/// Reports on standard output.
enum JSONOutput {
    static func print(_ report: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        Swift.print(String(decoding: try encoder.encode(report), as: UTF8.self))
    }

    /// Four significant digits, for people.
    static func rounded(_ value: Double) -> String { String(format: "%.4g", value) }
}
