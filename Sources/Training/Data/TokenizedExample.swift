import Datasets
import Tokenizers

/// One row as the model sees it: token ids, and either the positions whose next token is trained, or what the whole
/// sequence must be predicted to be.
package struct TokenizedExample: Sendable, Equatable {
    package let tokens: [Int]
    /// Which part of a pair each token belongs to; empty where there are no pairs.
    package let tokenTypes: [Int]
    /// Position p is listed where the token at p + 1 is trained; of a classified sequence, the one it is pooled by.
    /// Ascending.
    package let labelPositions: [Int]
    /// What the sequence must be predicted to be; nil where tokens are.
    package let target: SequenceTarget?

    package init(tokens: [Int], labelPositions: [Int]) {
        self.tokens = tokens
        self.labelPositions = labelPositions
        tokenTypes = []
        target = nil
    }

    /// A sequence that is classified by the row at `position`.
    ///
    /// - Parameter target: nil while nobody knows what its label means.
    package init(_ encoded: EncodedText, position: Int, target: SequenceTarget?) {
        tokens = encoded.ids
        tokenTypes = encoded.typeIDs
        labelPositions = [position]
        self.target = target
    }

    /// The same sequence, and what it must be predicted to be.
    func with(_ target: SequenceTarget) -> TokenizedExample {
        TokenizedExample(
            EncodedText(ids: tokens, typeIDs: tokenTypes), position: labelPositions.first ?? 0, target: target)
    }

    /// Labels as a packed batch takes them.
    package var labels: [(position: Int, target: Int)] { labelPositions.map { ($0, tokens[$0 + 1]) } }

    /// What is trained on, for people to look at: the tokens' text with trained stretches in ⟦ ⟧.
    package func marked(_ text: (Int) -> String) -> String {
        guard target == nil else { return tokens.map(text).joined() }
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
