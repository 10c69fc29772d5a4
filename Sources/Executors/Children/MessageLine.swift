import Common

/// A message as a line, without its line feed.
package enum MessageLine {
    package static func text(_ message: some Encodable) throws -> String { try CompactJSON.encode(message) }

    package static func read<Message: Decodable>(_ line: String) throws -> Message { try CompactJSON.decode(line) }
}
