/// The validation loss after a step (0: before training).
package struct ValidationPoint: Codable, Sendable, Equatable {
    /// The step after which it was measured.
    package var step: Int
    /// Mean over the supervised tokens of the validation rows, in nats.
    package var loss: Double

    /// The loss measured after `step`.
    package init(step: Int, loss: Double) {
        self.step = step
        self.loss = loss
    }
}

/// What became of the rows of the training data.
package struct RowCounts: Codable, Sendable, Equatable {
    /// Rows that were trained on.
    package var train: Int
    /// Rows of the validation data.
    package var validation: Int
    /// Rows over `max_length` that were cut to it, and trained on.
    package var truncated: Int
    /// Rows that were left out, for length or because nothing in them was supervised; contaminated rows not counted.
    package var dropped: Int
    /// Rows of the validation data that were left out in the same way; absent without validation data.
    package var validationDropped: Int?

    private enum CodingKeys: String, CodingKey {
        case train, validation, truncated, dropped
        case validationDropped = "validation_dropped"
    }

    /// Counts of rows.
    package init(train: Int = 0, validation: Int = 0, truncated: Int = 0, dropped: Int = 0) {
        self.train = train
        self.validation = validation
        self.truncated = truncated
        self.dropped = dropped
    }
}

/// Rows of the training data that also stand in the data that judge the adapter.
package struct ContaminationCounts: Codable, Sendable, Equatable {
    /// Training rows that also stand in the validation data.
    package var validation: Int
    /// Training rows that also stand in the evaluation data.
    package var evaluation: Int
    /// Training rows that were left out for either reason.
    package var dropped: Int
    /// The first few such rows, for a person to look at.
    package var examples: [String]?

    /// Counts of rows.
    package init(validation: Int = 0, evaluation: Int = 0, dropped: Int = 0, examples: [String]? = nil) {
        self.validation = validation
        self.evaluation = evaluation
        self.dropped = dropped
        self.examples = examples
    }
}

/// One row of the training data with its mask: the loss is taken on the trained spans only.
package struct TrainingSample: Codable, Sendable, Equatable {
    /// A run of tokens that share their mask.
    package struct Span: Codable, Sendable, Equatable {
        /// The text of the tokens, special ones spelled out.
        package var text: String
        /// Whether the loss is taken on them.
        package var trained: Bool

        /// A run of tokens with its mask.
        package init(text: String, trained: Bool) {
            self.text = text
            self.trained = trained
        }
    }

    /// The row's text from its first token to its last.
    package var spans: [Span]

    /// A row made of `spans`.
    package init(spans: [Span]) {
        self.spans = spans
    }
}
