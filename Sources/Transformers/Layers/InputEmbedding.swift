import Tensors

/// What stands below the first block: token ids become rows.
package protocol InputEmbedding {
    /// How many types of tokens it tells apart; nil where it tells none.
    var tokenTypeCount: Int? { get }

    /// x `[T, d]` of T tokens that stand as `layout` says.
    func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix)
}

extension InputEmbedding {
    package var tokenTypeCount: Int? { nil }
}
