/// `lorad tokenize --json`.
package struct TokenizeAnswer: Codable {
    package let ids: [Int]
    /// One a token, as the vocabulary spells it.
    package let tokens: [String]

    package init(ids: [Int], tokens: [String]) {
        self.ids = ids
        self.tokens = tokens
    }
}

/// `lorad tokenize --messages FILE --json`.
package struct ConversationAnswer: Codable {
    /// What the chat template wrote.
    package let text: String
    package let ids: [Int]
    /// One a token: whether a job would train it.
    package let trained: [Bool]

    package init(text: String, ids: [Int], trained: [Bool]) {
        self.text = text
        self.ids = ids
        self.trained = trained
    }
}

/// `lorad generate --json`.
package struct GenerateAnswer: Codable {
    /// What was added to the prompt.
    package let text: String
    package let ids: [Int]
    package let promptIDs: [Int]

    private enum CodingKeys: String, CodingKey {
        case text, ids
        case promptIDs = "prompt_ids"
    }

    package init(text: String, ids: [Int], promptIDs: [Int]) {
        self.text = text
        self.ids = ids
        self.promptIDs = promptIDs
    }
}

/// `lorad score --json` of a completion.
package struct ScoreAnswer: Codable {
    /// A token of the completion.
    package struct Token: Codable {
        package let id: Int
        package let text: String
        package let logprob: Double

        package init(id: Int, text: String, logprob: Double) {
            self.id = id
            self.text = text
            self.logprob = logprob
        }
    }

    package let tokens: [Token]
    /// Of all tokens together, in nats.
    package let logprob: Double
    package let perplexity: Double

    package init(tokens: [Token], logprob: Double, perplexity: Double) {
        self.tokens = tokens
        self.logprob = logprob
        self.perplexity = perplexity
    }
}

/// `lorad score --json` of a text that a head classifies.
package struct ClassificationAnswer: Codable {
    package let logits: [Double]
    /// The likeliest class; of a regression nothing.
    package let label: String?

    package init(logits: [Double], label: String?) {
        self.logits = logits
        self.label = label
    }
}
