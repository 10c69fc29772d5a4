/// `scores.jsonl`, version 1: what became of every row of the evaluation data. Its first line says what was scored, and
/// each line after it is one row. Keys may be added, never renamed.
///
/// Texts of rows are not in it; `file` and `slice` are as `ForeignText.line` shows them.
package struct RowScores: Sendable, Equatable {
    /// The first line.
    package struct Header: Codable, Sendable, Equatable {
        /// The version of this file's contract.
        package var version = 1
        /// The evaluation data, as the manifest names it.
        package var file: String
        /// SHA-256 of the file; absent where it is not known.
        package var sha256: String?
        /// Rows that follow.
        package var rows: Int
        /// Rows that were scored and are left out, as a file has `RowScores.most` at most; absent where none is.
        package var leftOut: Int?

        package init(file: String, sha256: String?, rows: Int, leftOut: Int? = nil) {
            self.file = file
            self.sha256 = sha256
            self.rows = rows
            self.leftOut = leftOut
        }

        private enum CodingKeys: String, CodingKey {
            case version, file, sha256, rows
            case leftOut = "left_out"
        }
    }

    /// One row.
    package struct Row: Codable, Sendable, Equatable {
        /// What one model made of it.
        package struct Answer: Codable, Sendable, Equatable {
            /// Absent where rows have no right answer.
            package var correct: Bool?
            /// −Σ log p over the row's scored tokens in nats, −log p of its class, or a regression's squared error.
            package var loss: Double

            package init(correct: Bool?, loss: Double) {
                self.correct = correct
                self.loss = loss
            }
        }

        /// The line in the file, from 1.
        package var line: Int
        /// SHA-256 of what the row says.
        package var sha256: String
        package var slice: String?
        /// Tokens that are scored; 1 of a row that is classified.
        package var tokens: Int
        package var base: Answer
        package var adapter: Answer
        /// The adapter that this one went on from; absent where it was fresh.
        package var parent: Answer?
        /// The champion; absent where there was none, or no gate is on it.
        package var champion: Answer?
        /// The adapter that `previous` led to.
        package var previous: Answer?

        package init(line: Int, sha256: String, slice: String?, tokens: Int, base: Answer, adapter: Answer) {
            self.line = line
            self.sha256 = sha256
            self.slice = slice
            self.tokens = tokens
            self.base = base
            self.adapter = adapter
        }
    }

    /// The file's name in a run's folder.
    package static let fileName = "scores.jsonl"
    /// Rows that a file has at most.
    package static let most = 100_000
    /// Bytes that a file has at most: a row with the longest slice takes less than 800.
    package static let largestSize = 96 << 20

    package var header: Header
    package var rows: [Row]

    /// The first `most` of these rows.
    package init(file: String, sha256: String?, rows: [Row]) {
        self.rows = Array(rows.prefix(Self.most))
        let leftOut = rows.count - self.rows.count
        header = Header(file: file, sha256: sha256, rows: self.rows.count, leftOut: leftOut > 0 ? leftOut : nil)
    }

    /// As they were read.
    init(_ header: Header, _ rows: [Row]) {
        self.header = header
        self.rows = rows
    }
}
