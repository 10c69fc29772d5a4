import Tensors

/// What stands below the first block: token ids become rows.
package protocol InputEmbedding {
    /// How many types of tokens it tells apart; nil where it tells none.
    var tokenTypeCount: Int? { get }
    /// Frozen projections inside, where an adapter can attach.
    var slots: [ProjectionSlot] { get }

    /// x `[T, d]` of T tokens that stand as `layout` says.
    ///
    /// Returns what accumulates the adapter's gradients, where an adapter is trained inside.
    @discardableResult
    func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix, pass: Pass) -> EmbeddingBackward?
}

/// Accumulates the gradients of an embedding's adapter from ∂L/∂x.
package typealias EmbeddingBackward = (_ dx: Matrix) -> Void

extension InputEmbedding {
    package var tokenTypeCount: Int? { nil }
    package var slots: [ProjectionSlot] { [] }
}
