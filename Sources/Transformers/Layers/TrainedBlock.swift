import Tensors

/// A block while a model is trained: it remembers what its forward pass left until the backward pass takes it, in memory
/// that lives as long as the model.
protocol TrainedBlock: AnyObject {
    /// As `TransformerBlock.forward`, remembering what backward needs.
    func forward(_ x: Matrix, rows: [Int32]?, layout: SequenceLayout, pass: Pass) -> Matrix

    /// The same for all rows, remembering nothing but the input: https://arxiv.org/abs/1604.06174.
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
    private var kept: Block.Kept?
    /// x of a forward pass that kept nothing else.
    private var input: Matrix?

    init(_ block: Block) { self.block = block }

    func forward(_ x: Matrix, rows: [Int32]?, layout: SequenceLayout, pass: Pass) -> Matrix {
        let (y, kept) = block.forward(x, rows: rows, layout: layout, pass: pass)
        self.kept = kept
        input = nil
        return y
    }

    func checkpointedForward(_ x: Matrix, layout: SequenceLayout, pass: Pass) -> Matrix {
        kept = nil
        input = x
        return block.forwardKeepingNothing(x, layout: layout, pass: pass)
    }

    func backward(_ dy: Matrix, layout: SequenceLayout, needsInputGradient: Bool, pass: Pass) -> Matrix? {
        defer { (kept, input) = (nil, nil) }
        if let kept {
            return block.backward(dy, kept: kept, layout: layout, needsInputGradient: needsInputGradient, pass: pass)
        }
        guard let input else { preconditionFailure("a backward pass without its forward pass") }
        // The gradient takes the place of dy, so nothing is lost when what was computed again is given back.
        let mark = pass.kept.mark()
        defer { pass.kept.release(to: mark) }
        let recomputed = block.recompute(input, layout: layout, pass: pass)
        return block.backward(
            dy, kept: recomputed, layout: layout, needsInputGradient: needsInputGradient, pass: pass)
    }
}
