import Tensors

/// What stands below the first block: token ids become rows.
package protocol InputEmbedding {
    /// How many types of tokens it tells apart; nil where it tells none.
    var tokenTypeCount: Int? { get }
    /// Frozen projections inside, where an adapter can attach.
    var slots: [ProjectionSlot] { get }

    /// The table of the tokens, where an adapter can attach.
    var tableSlot: EmbeddingSlot { get }

    /// The base's tensors inside, as they can be trained.
    var parameterSlots: [ParameterSlot] { get }

    /// The table of a decoder's tokens; nil where rows of an adapter's own cannot stand among them.
    var tokenTable: TokenEmbedding? { get }

    /// x `[T, d]` of T tokens that stand as `layout` says.
    ///
    /// Returns what backward needs, where something is trained inside that wants more than ∂L/∂x.
    @discardableResult
    func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix, pass: Pass) -> EmbeddingSaved?

    /// Accumulates the gradients of the adapter, and of what is trained of the tables, from ∂L/∂x `[T, d]` of the same
    /// tokens.
    func backward(_ dx: Matrix, tokens: [Int32], layout: SequenceLayout, saved: EmbeddingSaved?, pass: Pass)
}

/// What the backward of an embedding needs of a forward pass.
package struct EmbeddingSaved {
    /// What the tables gave, which the projection read where there is one.
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
