import Ledger

/// A message as a line, without its line feed.
enum MessageLine {
    static func text(_ message: some Encodable) throws -> String { try LedgerJSON.encode(message) ?? "" }

    static func read<Message: Decodable>(_ line: String, of job: String) throws -> Message? {
        try LedgerJSON.decode(line, of: job)
    }
}
