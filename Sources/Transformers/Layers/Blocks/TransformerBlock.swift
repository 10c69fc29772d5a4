import Tensors

/// One residual layer of a model: rows `[T, d]` in, rows `[T, d]` out.
package protocol TransformerBlock: AnyObject {
    /// What backward needs of a forward pass.
    associatedtype Saved
    /// What a forward pass keeps beside its input where the rest is computed again in backward.
    associatedtype Checkpoint

    /// Every projection, in the order in which a checkpoint lists a layer's.
    var slots: [ProjectionSlot] { get }
    /// Of what each sublayer adds to the residual, in the order in which they are computed.
    var sublayerSlots: [SublayerSlot] { get }
    /// Before the keys and values of every sequence; nil where nothing can stand there.
    var prefixSlot: RowSlot? { get }
    var hasAdapter: Bool { get }
    /// The base's tensors inside, as they can be trained; without those that the block let go of, see `unfreeze`.
    var parameterSlots: [ParameterSlot] { get }
    /// Whether a row's output depends on no row after it in its sequence.
    var isCausal: Bool { get }

    /// Takes back the tensors of which the block keeps only what it made of them, so that they can be trained.
    ///
    /// - Throws: as reading them.
    func unfreeze() throws

    /// The block's output for `rows` of x `[T, d]` (all where nil), keeping what backward needs. x is not changed.
    func forward(_ x: Matrix, rows: [Int32]?, layout: SequenceLayout, pass: Pass) -> (y: Matrix, saved: Saved)

    /// The block's output for all rows, keeping only from what `recompute` makes what backward needs.
    func forwardToCheckpoint(
        _ x: Matrix, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, checkpoint: Checkpoint)

    /// What `forward` keeps for all rows, from its input and the checkpoint, bit for bit.
    func recompute(_ x: Matrix, from checkpoint: Checkpoint, layout: SequenceLayout, pass: Pass) -> Saved

    /// Forward without backward: x becomes the block's output; with `rows`, `selected` receives theirs instead.
    /// A `cache` holds the keys and values of earlier positions and gains those of x.
    func infer(
        _ x: Matrix, rows: [Int32]?, into selected: Matrix?, layout: SequenceLayout, cache: LayerCache?, pass: Pass)

    /// Accumulates the gradients of adapters, and of the base's tensors that are trained, and returns ∂L/∂x, or nil where nothing below needs it. Where `forward` was
    /// for all rows, ∂L/∂x takes the place of `dy`.
    ///
    /// - Parameters:
    ///   - dy: ∂L/∂y; overwritten.
    ///   - needsInputGradient: true too where a tensor of the base is trained inside.
    func backward(_ dy: Matrix, saved: Saved, layout: SequenceLayout, needsInputGradient: Bool, pass: Pass) -> Matrix?
}

extension TransformerBlock {
    package func unfreeze() throws {}
}
