import Tensors

/// DeBERTa-v2's first layer where it has a convolution beside it: both read the embeddings.
///
///     y = norm(block(x) + f(convolution(x)))    [T, d]
///
/// What goes back through the convolution is computed only where something is trained in it or below it.
/// https://github.com/microsoft/DeBERTa, `ConvLayer`.
package final class ConvolutionBlock<Block: TransformerBlock>: TransformerBlock {
    package let block: Block
    package let convolution: SequenceConvolution
    package let activation: ActivationFunction
    package let norm: any Norm

    /// What backward needs of a forward pass.
    package struct Saved {
        let block: Block.Saved
        let x: Matrix
        /// Rows that went on, all where nil.
        let rows: [Int32]?
        /// What the norm read.
        let sum: Matrix
        let statistics: Matrix
    }

    package init(block: Block, convolution: SequenceConvolution, activation: ActivationFunction, norm: any Norm) {
        self.block = block
        self.convolution = convolution
        self.activation = activation
        self.norm = norm
    }

    package var slots: [ProjectionSlot] { block.slots }
    package var hasAdapter: Bool { block.hasAdapter }
    package var parameterSlots: [ParameterSlot] {
        block.parameterSlots + convolution.parameterSlots + norm.parameterSlots
    }
    package func unfreeze() throws {
        try block.unfreeze()
        try convolution.unfreeze()
    }

    package var isCausal: Bool { false }
    package var sublayerSlots: [SublayerSlot] { block.sublayerSlots }
    package var prefixSlot: RowSlot? { block.prefixSlot }

    package func forward(
        _ x: Matrix, rows: [Int32]?, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, saved: Saved) {
        let y = pass.saved.matrix(rows?.count ?? x.rows, x.columns)
        return (y, forward(x, rows: rows, into: y, layout: layout, pass: pass))
    }

    package func forwardToCheckpoint(
        _ x: Matrix, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, checkpoint: Void) {
        let y = pass.saved.matrix(x.rows, x.columns)
        let mark = pass.saved.mark()
        defer { pass.saved.release(to: mark) }
        _ = forward(x, rows: nil, into: y, layout: layout, pass: pass)
        return (y, ())
    }

    package func recompute(_ x: Matrix, from checkpoint: Void, layout: SequenceLayout, pass: Pass) -> Saved {
        pass.withScratch { scratch in
            forward(x, rows: nil, into: scratch.matrix(x.rows, x.columns), layout: layout, pass: pass)
        }
    }

    package func infer(
        _ x: Matrix, rows: [Int32]?, into selected: Matrix?, layout: SequenceLayout, cache: LayerCache?, pass: Pass
    ) {
        let mark = pass.saved.mark()
        defer { pass.saved.release(to: mark) }
        let sum = pass.saved.matrix(rows?.count ?? x.rows, x.columns)
        convolve(x, rows: rows, into: sum, layout: layout, pass: pass)
        block.infer(x, rows: rows, into: selected, layout: layout, cache: cache, pass: pass)
        let y = selected ?? x
        Kernels.add(y, into: sum)
        norm.forward(sum, into: y, statistics: pass.saved.matrix(y.rows, norm.statisticsCount))
    }

    package func backward(
        _ dy: Matrix, saved: Saved, layout: SequenceLayout, needsInputGradient: Bool, pass: Pass
    ) -> Matrix? {
        pass.withScratch { scratch in
            let dSum = scratch.matrix(dy.rows, dy.columns)
            Kernels.clear(dSum)
            norm.backward(dy, x: saved.sum, statistics: saved.statistics, into: dSum)
            dy.copy(from: dSum)
            let dx = block.backward(
                dy, saved: saved.block, layout: layout, needsInputGradient: needsInputGradient, pass: pass)
            if let dx { convolveBack(dSum, saved, into: dx, layout: layout, scratch: scratch) }
            return dx
        }
    }

    /// dx += the gradient by way of f(convolution(x)), whose inside is computed again.
    private func convolveBack(_ dSum: Matrix, _ saved: Saved, into dx: Matrix, layout: SequenceLayout, scratch: Arena) {
        var gradient = dSum
        if let rows = saved.rows {
            gradient = scratch.matrix(dx.rows, dx.columns)
            Kernels.clear(gradient)
            Kernels.scatterAddRows(dSum, rows: rows, into: gradient)
        }
        let u = scratch.matrix(dx.rows, dx.columns)
        convolution.forward(saved.x, into: u, layout: layout, scratch: scratch)
        Kernels.activationBackward(activation, gradient, x: u, into: gradient)
        convolution.accumulateGradients(gradient, x: saved.x, layout: layout, scratch: scratch)
        convolution.backward(gradient, into: dx, layout: layout, scratch: scratch)
    }

    private func forward(
        _ x: Matrix, rows: [Int32]?, into y: Matrix, layout: SequenceLayout, pass: Pass
    ) -> Saved {
        let sum = pass.saved.matrix(y.rows, y.columns)
        let statistics = pass.saved.matrix(y.rows, norm.statisticsCount)
        convolve(x, rows: rows, into: sum, layout: layout, pass: pass)
        let (output, blockSaved) = block.forward(x, rows: rows, layout: layout, pass: pass)
        Kernels.add(output, into: sum)
        norm.forward(sum, into: y, statistics: statistics)
        return Saved(block: blockSaved, x: x, rows: rows, sum: sum, statistics: statistics)
    }

    /// f(convolution(x)) of `rows`, or of all.
    private func convolve(_ x: Matrix, rows: [Int32]?, into result: Matrix, layout: SequenceLayout, pass: Pass) {
        pass.withScratch { scratch in
            let all = scratch.matrix(x.rows, x.columns)
            convolution.forward(x, into: all, layout: layout, scratch: scratch)
            Kernels.activationForward(activation, all, into: all)
            if let rows { Kernels.gatherRows(all, rows: rows, into: result) } else { result.copy(from: all) }
        }
    }
}
