import Tokenizers

/// What became of one row as tokens.
package struct BuiltRow: Sendable {
    /// nil where the row is left out.
    package let example: TokenizedExample?
    package let figures: RowFigures
}

/// The same in numbers.
package struct RowFigures: Sendable, Equatable {
    /// Tokens before anything is cut.
    package var length: Int
    /// Tokens after that.
    package var tokens = 0
    /// Of those, tokens to train on; a row without any is left out.
    package var labels = 0
    /// Tokens to train on that were cut off.
    package var cutLabels = 0
    /// Whether the row is left out for its length.
    package var isDropped = false
    package var doublesBeginning = false
    package var doublesEnd = false

    package init(length: Int) { self.length = length }
}

extension ExampleBuilder {
    /// How many rows went which way.
    package struct Counts: Sendable, Equatable {
        package var rows = 0
        package var truncated = 0
        package var dropped = 0
        /// Rows with nothing to train on, among the dropped.
        package var unsupervised = 0
        /// Their places among the rows given, ascending.
        package var unsupervisedPlaces: [Int] = []
        package var supervisedTokens = 0
        package var tokens = 0
        /// Tokens of each row that could be tokenized, before anything is cut.
        package var lengths: [Int] = []
        /// Tokens that were cut off.
        package var cutTokens = 0
        /// Of those, tokens to train on.
        package var cutSupervisedTokens = 0
        /// Rows that begin with the token that the tokenizer puts before them, which stands there twice then.
        package var doubledBeginnings = 0
        /// Rows that end with the end-of-text token that is appended to them, or whose messages hold their template's
        /// markers.
        package var doubledEnds = 0
        /// For each example its row's place among those given, ascending.
        package var places: [Int] = []

        package init() {}
    }
}

extension ExampleBuilder.Counts {
    /// Counts a row.
    ///
    /// - Parameter place: among the rows given.
    package mutating func add(_ row: RowFigures, at place: Int) {
        rows += 1
        doubledBeginnings += row.doublesBeginning ? 1 : 0
        doubledEnds += row.doublesEnd ? 1 : 0
        lengths.append(row.length)
        guard !row.isDropped else {
            dropped += 1
            return
        }
        truncated += row.length > row.tokens ? 1 : 0
        cutTokens += row.length - row.tokens
        cutSupervisedTokens += row.cutLabels
        guard row.labels > 0 else {
            dropped += 1
            unsupervised += 1
            unsupervisedPlaces.append(place)
            return
        }
        supervisedTokens += row.labels
        tokens += row.tokens
        places.append(place)
    }
}

extension ExampleBuilder.Counts {
    /// What a person should know of the rows, one sentence each. The rows are trained on as they are, as transformers
    /// would feed them: what they hold twice is theirs to take out.
    ///
    /// - Parameters:
    ///   - path: of the rows.
    ///   - line: of the row at a place; with its file where rows are of several.
    package func warnings(
        _ path: String, tokenizer: any Tokenizer, line: (Int) -> String = { String($0 + 1) }
    ) -> [String] {
        func spelled(_ id: Int?) -> String { id.map { tokenizer.decode([$0], skipSpecial: false) } ?? "" }
        var warnings: [String] = []
        if doubledBeginnings > 0 {
            warnings.append(
                "warning: \(doubledBeginnings) of \(rows) rows of \(path) begin with "
                    + "\(spelled(tokenizer.encodeBeginning("").last)), which the tokenizer puts before every text, so that "
                    + "it stands there twice; take it out of the rows")
        }
        if doubledEnds > 0 {
            warnings.append(
                "warning: \(doubledEnds) of \(rows) rows of \(path) hold a marker at an end where one is added, so that "
                    + "it stands there twice; take \(spelled(tokenizer.eosTokenID)) out of the rows, or set "
                    + "training.append_eos to false")
        }
        if !unsupervisedPlaces.isEmpty {
            let lines = unsupervisedPlaces.prefix(10).map(line).joined(separator: ", ")
            let more = unsupervisedPlaces.count > 10 ? " and others" : ""
            warnings.append(
                "warning: \(unsupervised) of \(rows) rows of \(path) have nothing to train on and are left out: "
                    + "line\(unsupervised == 1 ? "" : "s") \(lines)\(more)")
        }
        return warnings
    }
}
