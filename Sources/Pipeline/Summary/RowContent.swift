import Datasets

/// What rows say, before any token.
package struct RowContent: Encodable, Sendable, Equatable {
    /// Rows that stand there already, word by word.
    package let duplicates: Int
    /// Rows with a prompt or text that another row has with another answer.
    package let otherAnswers: Int

    enum CodingKeys: String, CodingKey {
        case duplicates
        case otherAnswers = "other_answers"
    }

    init(_ rows: [TrainingRow]) {
        var whole: Set<String> = []
        var inputs: Set<String> = []
        var (duplicates, otherAnswers) = (0, 0)
        for row in rows {
            let isNew = whole.insert(Contamination.identity(row)).inserted
            let isNewInput = inputs.insert(Contamination.key(row)).inserted
            if !isNew { duplicates += 1 } else if !isNewInput { otherAnswers += 1 }
        }
        (self.duplicates, self.otherAnswers) = (duplicates, otherAnswers)
    }

    /// Rows by their completions; none where there are many, which are no labels.
    static func completions(_ rows: [TrainingRow]) -> [String: Int] {
        var counts: [String: Int] = [:]
        for case .completion(_, let completion) in rows {
            counts[completion, default: 0] += 1
            if counts.count > mostCompletions { return [:] }
        }
        return counts
    }

    private static let mostCompletions = 20
}
