import Digests
import Foundation

/// What became of one row with the base and with the adapter.
package struct RowOutcome: Equatable, Sendable {
    /// What one model made of the row.
    package struct Answer: Equatable, Sendable {
        /// Whether it was answered rightly; nil where rows have no right answer.
        package let isCorrect: Bool?
        /// −Σ log p over the row's scored tokens in nats, −log p of its class, or a regression's squared error.
        package let loss: Double
    }

    /// The line in the file, from 1.
    package let line: Int
    /// SHA-256 of what the row says, see `RowDigest`.
    package let digest: String
    package let slice: String?
    /// Tokens that are scored; 1 of a row that is classified.
    package let tokens: Int
    package let base: Answer
    /// Nil where no adapter was evaluated.
    package let adapter: Answer?
}

/// What an evaluation found: the figures of every slice, and what became of every row.
package struct EvaluationResult: Equatable, Sendable {
    /// `all` first, then by name.
    package let slices: [SliceResult]
    /// In the order of the file, those that were scored.
    package let rows: [RowOutcome]
}

/// A row's content by its SHA-256, by which rows of two runs are known to be the same.
///
/// Hashed are the row's parts one after the other, each as its number of UTF-8 bytes in decimal, a colon, and the bytes:
/// `prompt` and `completion`; each message's role and content; `text`; `text`, `text_pair` where there is one, and label.
package enum RowDigest {
    package static func of(_ parts: [String]) -> String {
        var bytes = Data()
        for part in parts {
            bytes += Data("\(part.utf8.count):".utf8)
            bytes += Data(part.utf8)
        }
        return SHA256.hexadecimal(of: bytes)
    }
}
