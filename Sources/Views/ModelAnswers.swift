/// `lorad tokenize --json`.
struct TokenizeAnswer: Codable {
    let ids: [Int]
    /// One a token, as the vocabulary spells it.
    let tokens: [String]
}

/// `lorad generate --json`.
struct GenerateAnswer: Codable {
    /// What was added to the prompt.
    let text: String
    let ids: [Int]
    let promptIDs: [Int]

    enum CodingKeys: String, CodingKey {
        case text, ids
        case promptIDs = "prompt_ids"
    }
}

/// `lorad score --json` of a completion.
struct ScoreAnswer: Codable {
    /// A token of the completion.
    struct Token: Codable {
        let id: Int
        let text: String
        let logprob: Double
    }

    let tokens: [Token]
    /// Of all tokens together, in nats.
    let logprob: Double
    let perplexity: Double
}

/// `lorad score --json` of a text that a head classifies.
struct ClassificationAnswer: Codable {
    let logits: [Double]
    /// The likeliest class; of a regression nothing.
    let label: String?
}
