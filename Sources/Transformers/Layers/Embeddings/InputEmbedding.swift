import Tensors

/// What stands below the first block: token ids become rows.
package protocol InputEmbedding {
    /// How many types of tokens it tells apart; nil where it tells none.
    var tokenTypeCount: Int? { get }
    /// Frozen projections inside, where an adapter can attach.
    var slots: [ProjectionSlot] { get }

    /// The table of a decoder's tokens; nil where rows of an adapter's own cannot stand among them.
    var tokenTable: TokenEmbedding? { get }

    /// x `[T, d]` of T tokens that stand as `layout` says.
    ///
    /// Returns what backward needs, where an adapter is trained inside.
    @discardableResult
    func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix, pass: Pass) -> EmbeddingSaved?

    /// Accumulates the gradients of the adapter from ∂L/∂x.
    func backward(_ dx: Matrix, saved: EmbeddingSaved, pass: Pass)
}

/// What the backward of an embedding's adapter needs of a forward pass.
package struct EmbeddingSaved {
    /// What the projection read.
    let read: Matrix
    let projected: ProjectionGroup.Saved
    /// What a norm after the projection read, and its statistics; nil without one.
    var unnormalised: (wide: Matrix, statistics: Matrix)?
}

extension InputEmbedding {
    package var tokenTypeCount: Int? { nil }
    package var slots: [ProjectionSlot] { [] }
    package var tokenTable: TokenEmbedding? { nil }
}
