/// One row as the model sees it: token ids, and the positions whose next token is trained.
package struct TokenizedExample: Sendable, Equatable {
    package let tokens: [Int]
    /// Position p is listed where the token at p + 1 is trained. Ascending.
    package let labelPositions: [Int]

    package init(tokens: [Int], labelPositions: [Int]) {
        self.tokens = tokens
        self.labelPositions = labelPositions
    }

    /// Labels as a packed batch takes them.
    package var labels: [(position: Int, target: Int)] { labelPositions.map { ($0, tokens[$0 + 1]) } }

    /// What is trained on, for people to look at: the tokens' text with trained stretches in ⟦ ⟧.
    package func marked(_ text: (Int) -> String) -> String {
        let trained = Set(labelPositions.map { $0 + 1 })
        var result = ""
        var inside = false
        for (index, token) in tokens.enumerated() {
            if trained.contains(index) != inside {
                result += inside ? "⟧" : "⟦"
                inside.toggle()
            }
            result += text(token)
        }
        return inside ? result + "⟧" : result
    }
}
