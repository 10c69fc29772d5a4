import Tensors

/// One residual layer of a model: rows `[T, d]` in, rows `[T, d]` out.
package protocol TransformerBlock: AnyObject {
    /// What backward needs of a forward pass.
    associatedtype Kept
    /// What a forward pass keeps beside its input where the rest is computed again in backward.
    associatedtype Checkpoint

    /// Every projection, in the order in which a checkpoint lists a layer's.
    var slots: [ProjectionSlot] { get }
    var hasAdapter: Bool { get }
    /// Whether a row's output depends on no row after it in its sequence.
    var isCausal: Bool { get }

    /// The block's output for `rows` of x `[T, d]` (all where nil), keeping what backward needs. x is not changed.
    func forward(_ x: Matrix, rows: [Int32]?, layout: SequenceLayout, pass: Pass) -> (y: Matrix, kept: Kept)

    /// The block's output for all rows, keeping only from what `recompute` makes what backward needs.
    func forwardToCheckpoint(
        _ x: Matrix, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, checkpoint: Checkpoint)

    /// What `forward` keeps for all rows, from its input and the checkpoint, bit for bit.
    func recompute(_ x: Matrix, from checkpoint: Checkpoint, layout: SequenceLayout, pass: Pass) -> Kept

    /// Forward without backward: x becomes the block's output; with `rows`, `selected` receives theirs instead.
    /// A `cache` holds the keys and values of earlier positions and gains those of x.
    func infer(
        _ x: Matrix, rows: [Int32]?, into selected: Matrix?, layout: SequenceLayout, cache: LayerCache?, pass: Pass)

    /// Accumulates the adapters' gradients and returns ∂L/∂x, or nil where nothing below needs it. Where `forward` was
    /// for all rows, ∂L/∂x takes the place of `dy`.
    ///
    /// - Parameter dy: ∂L/∂y; overwritten.
    func backward(_ dy: Matrix, kept: Kept, layout: SequenceLayout, needsInputGradient: Bool, pass: Pass) -> Matrix?
}

/// ∂L/∂x of a block from ∂L/∂y, see `TransformerBlock.backward`.
typealias BlockBackward = (_ dy: Matrix, _ needsInputGradient: Bool) -> Matrix?

extension TransformerBlock {
    /// `forward` with the backward that belongs to it.
    func trainingForward(
        _ x: Matrix, rows: [Int32]?, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, backward: BlockBackward) {
        let (y, kept) = forward(x, rows: rows, layout: layout, pass: pass)
        return (
            y,
            { dy, needsInputGradient in
                self.backward(dy, kept: kept, layout: layout, needsInputGradient: needsInputGradient, pass: pass)
            }
        )
    }

    /// The same for all rows, keeping the input and a checkpoint: https://arxiv.org/abs/1604.06174.
    func checkpointedForward(
        _ x: Matrix, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, backward: BlockBackward) {
        let (y, checkpoint) = forwardToCheckpoint(x, layout: layout, pass: pass)
        return (
            y,
            { dy, needsInputGradient in
                // The gradient takes the place of dy, so nothing is lost when what was computed again is given back.
                let mark = pass.kept.mark()
                defer { pass.kept.release(to: mark) }
                let kept = self.recompute(x, from: checkpoint, layout: layout, pass: pass)
                return self.backward(
                    dy, kept: kept, layout: layout, needsInputGradient: needsInputGradient, pass: pass)
            }
        )
    }
}
