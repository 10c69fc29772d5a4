/// The rows that base and adapter are scored on.
package struct EvaluationSection: Section {
    /// JSON lines; nil where nothing is scored.
    package var data: String?
    /// The row field whose values name the slices; nil: only the slice `all`.
    package var sliceBy: String?
    /// Completions whose likelihoods are compared for each row; nil: greedy text is compared.
    package var choices: [String]?
    /// Tokens of a greedy completion, its end included.
    package var maxNewTokens = 32
    /// Tokens computed at once.
    package var batchTokens = 4096
    /// Rows scored, the first ones of the file; nil: all.
    package var limit: Int?
    /// The share of the rows that may be left out because they are longer than the base's positions.
    package var maxDropped = 0.0
    /// Whether scores and answers that earlier runs computed are taken, and this one's left for later ones.
    package var usesCache = true

    static let fields: [Field<EvaluationSection>] = [
        .optional(
            "data", \.data, .path(example: "data/test.jsonl"), absent: "nothing is scored", "JSON lines to score."),
        .optional(
            "slice_by", \.sliceBy, .text("field name", example: "domain", limit: 256), absent: "only the slice `all`",
            "A field of the rows: one slice per value of it, plus `all`."),
        .optional(
            "choices", \.choices,
            .list(
                of: .text("text", example: "\" positive\"", limit: 65_536), ListRule(atLeast: 2, atMost: 1_000),
                example: "[\" yes\", \" no\"]"),
            absent: "greedy text is compared",
            "Completions to compare by likelihood. A leading space belongs to the choice."),
        .standard(
            "max_new_tokens", \.maxNewTokens, .integer(1...1_048_576, example: 32), standard: "32",
            "Tokens of a greedy completion, its end included, where there are no choices; a row with a longer one is wrong."
        ),
        .standard(
            "batch_tokens", \.batchTokens, .integer(1...1_000_000_000, example: 4096), standard: "4096",
            "Tokens computed at once; bounds memory."),
        .optional(
            "limit", \.limit, .integer(1...1_000_000_000, example: 500), absent: "all rows",
            "Scores only the first rows."),
        .standard(
            "max_dropped", \.maxDropped, .number(NumberBounds(atLeast: 0, atMost: 1), example: "0.01"), standard: "0",
            "Share of the rows that may be left out, and counted, for being longer than the base's positions; with more "
                + "the job is refused before training."),
        .standard(
            "cache", \.usesCache, .boolean, standard: "true",
            "Takes what base and published adapters scored and answered in an earlier run, and keeps what this one "
                + "computes; the figures are the same, bit by bit. `--no-cache` sets it to false."),
    ]
}

/// The fixed prompts that base, adapter and merged weights answer.
package struct RegressionSection: Section {
    /// JSON lines of prompts; nil where there are none.
    package var prompts: String?
    /// Tokens of an answer.
    package var maxNewTokens = 16

    static let fields: [Field<RegressionSection>] = [
        .optional(
            "prompts", \.prompts, .path(example: "pipelines/prompts/sentiment.jsonl"), absent: "none",
            "JSON lines of `{\"id\", \"prompt\", \"expect\"?, \"assert\"?}`."),
        .standard(
            "max_new_tokens", \.maxNewTokens, .integer(1...1_048_576, example: 16), standard: "16",
            "Tokens of an answer."),
    ]
}
