import Foundation

/// What goes to stdout.
enum Output {
    /// One JSON document with sorted keys, and nothing else.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    static func percent(_ share: Double?) -> String { share.map { String(format: "%.1f%%", 100 * $0) } ?? "–" }

    static func number(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }
}
