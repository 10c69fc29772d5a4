import Datasets

/// What rows say, before any token.
package struct RowContent: Encodable, Sendable, Equatable {
    /// Rows that stand there already, word by word.
    package private(set) var duplicates = 0
    /// Rows with a prompt or text that another row has with another answer.
    package private(set) var otherAnswers = 0
    private var whole: Set<RowDigest> = []
    private var inputs: Set<RowDigest> = []

    enum CodingKeys: String, CodingKey {
        case duplicates
        case otherAnswers = "other_answers"
    }

    init() {}

    /// Adds a row.
    ///
    /// - Parameters:
    ///   - digest: of all of it.
    ///   - input: of what is given of it.
    mutating func add(whole digest: RowDigest, input: RowDigest) {
        let isNew = whole.insert(digest).inserted
        let isNewInput = inputs.insert(input).inserted
        if !isNew { duplicates += 1 } else if !isNewInput { otherAnswers += 1 }
    }
}
