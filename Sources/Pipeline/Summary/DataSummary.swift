import Reports
import Training

/// What a job would train on, before anything is trained: `lorad data`.
package struct DataSummary: Encodable, Sendable {
    /// One of the files to train on.
    package struct Source: Encodable, Sendable {
        package let path: String
        /// Rows in the file.
        package let rows: Int
        /// Rows of it that are trained on: none that stands in held-out data, is left out, or is not among those that
        /// `limit` takes.
        package let trained: Int
        /// Rows of an epoch that are of it, copies included; nil where rows are drawn by weights.
        package let epochRows: Int?
        /// The share of all rows of training that are drawn from it; nil where an epoch has each row.
        package let share: Double?
        /// Its rows by the value of `evaluation.slice_by`, where they have that key.
        package let slices: [String: Int]

        enum CodingKeys: String, CodingKey {
            case path, rows, trained, share, slices
            case epochRows = "epoch_rows"
        }
    }

    /// Rows and tokens that `max_length` takes away.
    package struct Truncation: Encodable, Sendable {
        package let maxLength: Int
        package let rowsCut: Int
        package let tokensCut: Int
        package let supervisedTokensCut: Int
        /// Rows left out, because they are too long or nothing in them is trained.
        package let rowsDropped: Int
        /// Of those, rows with nothing to train on.
        package let rowsUnsupervised: Int

        enum CodingKeys: String, CodingKey {
            case maxLength = "max_length"
            case rowsCut = "rows_cut"
            case tokensCut = "tokens_cut"
            case supervisedTokensCut = "supervised_tokens_cut"
            case rowsDropped = "rows_dropped"
            case rowsUnsupervised = "rows_unsupervised"
        }
    }

    /// Rows whose length, before anything is cut, is from `from` to `to` tokens.
    package struct Bucket: Encodable, Sendable, Equatable {
        package let from: Int
        package let to: Int
        package let rows: Int
    }

    package let sources: [Source]
    /// Evaluation rows by slice; `all` has all.
    package let evaluation: [String: Int]
    /// Rows whose loss is watched.
    package let validationRows: Int
    /// Rows trained on by their length in tokens, shortest first.
    package let lengths: [Bucket]
    package let truncation: Truncation
    /// Tokens of an epoch's rows, or of all rows that are drawn from.
    package let tokens: Int
    /// Those that carry the loss; of rows with a label one each.
    package let supervisedTokens: Int
    /// Rows by what is to be predicted of them: the label, or the completion where there are at most 20 of them.
    package let labels: [String: Int]
    package let content: RowContent
    /// Training rows that also stand in held-out data, and are not trained on.
    package let contamination: ContaminationCounts
    /// Three rows as the model sees them.
    package let samples: [TrainingSample]
    /// Optimizer steps.
    package let steps: Int
    /// Rows of a step.
    package let batchSize: Int
    /// How long the job would take here; nil where nobody asked, or it cannot be told.
    package internal(set) var time: TimePrediction?

    enum CodingKeys: String, CodingKey {
        case sources, evaluation, lengths, truncation, tokens, labels, content, contamination, samples, steps, time
        case validationRows = "validation_rows"
        case supervisedTokens = "supervised_tokens"
        case batchSize = "batch_size"
    }
}

extension DataSummary.Bucket {
    /// Lengths by powers of two, from the shortest row's to the longest's.
    static func of(_ lengths: [Int]) -> [DataSummary.Bucket] {
        guard let shortest = lengths.min(), let longest = lengths.max() else { return [] }
        var buckets: [DataSummary.Bucket] = []
        var from = 1
        var to = 1
        while from <= longest {
            let bounds = from...to
            if to >= shortest {
                buckets.append(DataSummary.Bucket(from: from, to: to, rows: lengths.count(where: bounds.contains)))
            }
            (from, to) = (to + 1, to * 2)
        }
        return buckets
    }
}
