/// What a model said after a prompt.
package struct Generation: Equatable, Sendable {
    /// The generated token ids, without the end token.
    package let ids: [Int]
    /// The end token that stopped it; nil where the limit of new tokens did.
    package let endToken: Int?
    /// `ids` as text, special tokens left out.
    package let text: String

    package init(ids: [Int], endToken: Int?, text: String) {
        self.ids = ids
        self.endToken = endToken
        self.text = text
    }

    /// Every choice the model made, the end token included.
    var decisions: [Int] { ids + (endToken.map { [$0] } ?? []) }
}
