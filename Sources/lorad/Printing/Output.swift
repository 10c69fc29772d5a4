import Foundation

/// What goes to stdout.
enum Output {
    /// One JSON document with sorted keys, and nothing else.
    static func json(_ value: some Encodable) throws { print(try text(value)) }

    /// The same at once: `print` holds lines back until the program ends where stdout is a pipe or a file.
    static func jsonNow(_ value: some Encodable) throws { now(try text(value) + "\n") }

    /// Text as it is, at once.
    static func now(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    private static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func percent(_ share: Double?) -> String { share.map { String(format: "%.1f%%", 100 * $0) } ?? "–" }

    static func number(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }
}
