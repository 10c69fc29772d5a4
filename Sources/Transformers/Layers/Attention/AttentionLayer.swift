import Tensors

/// Attention with its residual, whatever it attends by: y = x + attention(x), rows `[T, d]` to rows `[T, d]`.
package protocol AttentionLayer: AnyObject {
    /// What backward needs of a forward pass.
    associatedtype Saved

    /// Every projection, in the order in which a checkpoint lists them.
    var slots: [ProjectionSlot] { get }
    var hasAdapter: Bool { get }
    /// The base's tensors inside, as they can be trained.
    var parameterSlots: [ParameterSlot] { get }

    /// See `TransformerBlock.unfreeze`.
    func unfreeze() throws
    /// Of what it adds to x.
    var sublayerSlot: SublayerSlot { get }
    /// Before the keys and values of every sequence; nil where nothing can stand there.
    var ownRows: RowSlot? { get }

    /// y = x + attention. In place where `y` is nil, else into `y`, of which only `rows` are computed if given.
    func forward(
        _ x: Matrix, into y: Matrix?, rows: [Int32]?, layout: SequenceLayout, cache: LayerCache?, pass: Pass
    ) -> Saved

    /// Accumulates the adapters' gradients; `dx`, which holds the residual's share of ∂L/∂x on entry, gains the
    /// attention's unless `needsInputGradient` is false. `dy` `[rows or T, d]` may be `dx` itself.
    func backward(
        _ dy: Matrix, into dx: Matrix, saved: Saved, rows: [Int32]?, layout: SequenceLayout, needsInputGradient: Bool,
        pass: Pass)
}

extension AttentionLayer {
    package func unfreeze() throws {}
}

extension SelfAttention: AttentionLayer {
    package var slots: [ProjectionSlot] { queryKeyValue.slots + output.slots }
    /// PEFT's prefixes stand in a decoder's cache.
    package var ownRows: RowSlot? { isCausal ? prefixSlot : nil }
}
