import Tensors

/// A block while a model is trained: it remembers what its forward pass left until the backward pass takes it, in memory
/// that lives as long as the model.
protocol TrainedBlock: AnyObject {
    /// As `TransformerBlock.forward`, remembering what backward needs.
    func forward(_ x: Matrix, rows: [Int32]?, layout: SequenceLayout, pass: Pass) -> Matrix

    /// The same for all rows, remembering the input and a checkpoint: https://arxiv.org/abs/1604.06174.
    func checkpointedForward(_ x: Matrix, layout: SequenceLayout, pass: Pass) -> Matrix

    /// As `TransformerBlock.backward`, for the last forward pass, which is forgotten.
    func backward(_ dy: Matrix, layout: SequenceLayout, needsInputGradient: Bool, pass: Pass) -> Matrix?
}

extension TransformerBlock {
    /// The block with room for what training remembers.
    func inTraining() -> any TrainedBlock { RememberingBlock(self) }
}

private final class RememberingBlock<Block: TransformerBlock>: TrainedBlock {
    private let block: Block
    private var saved: Block.Saved?
    /// x of a forward pass that did not keep all, and what it did.
    private var start: (x: Matrix, checkpoint: Block.Checkpoint)?

    init(_ block: Block) { self.block = block }

    func forward(_ x: Matrix, rows: [Int32]?, layout: SequenceLayout, pass: Pass) -> Matrix {
        let (y, saved) = block.forward(x, rows: rows, layout: layout, pass: pass)
        self.saved = saved
        start = nil
        return y
    }

    func checkpointedForward(_ x: Matrix, layout: SequenceLayout, pass: Pass) -> Matrix {
        saved = nil
        let (y, checkpoint) = block.forwardToCheckpoint(x, layout: layout, pass: pass)
        start = (x, checkpoint)
        return y
    }

    func backward(_ dy: Matrix, layout: SequenceLayout, needsInputGradient: Bool, pass: Pass) -> Matrix? {
        defer { (saved, start) = (nil, nil) }
        if let saved {
            return block.backward(dy, saved: saved, layout: layout, needsInputGradient: needsInputGradient, pass: pass)
        }
        guard let start else { preconditionFailure("a backward pass without its forward pass") }
        // The gradient takes the place of dy, so nothing is lost when what was computed again is given back.
        let mark = pass.saved.mark()
        defer { pass.saved.release(to: mark) }
        let recomputed = block.recompute(start.x, from: start.checkpoint, layout: layout, pass: pass)
        return block.backward(
            dy, saved: recomputed, layout: layout, needsInputGradient: needsInputGradient, pass: pass)
    }
}
