import Tensors

/// A layer whose attention and feed-forward layer both read its input: y = x + attention(x) + mlp(x).
///
/// https://arxiv.org/abs/2204.06745
package final class ParallelBlock: TransformerBlock {
    package let attention: SelfAttention
    package let mlp: FeedForward

    /// What backward needs of a forward pass.
    package struct Saved {
        let attention: SelfAttention.Saved
        let mlp: FeedForward.Saved
        /// Rows that went on, all where nil.
        let rows: [Int32]?
    }

    package init(attention: SelfAttention, mlp: FeedForward) {
        self.attention = attention
        self.mlp = mlp
    }

    package var hasAdapter: Bool { attention.hasAdapter || mlp.hasAdapter }
    package var parameterSlots: [ParameterSlot] { attention.parameterSlots + mlp.parameterSlots }
    package var isCausal: Bool { attention.isCausal }
    package var sublayerSlots: [SublayerSlot] { [attention.sublayerSlot, mlp.sublayerSlot] }
    package var prefixSlot: RowSlot? { attention.ownRows }

    package var slots: [ProjectionSlot] {
        attention.queryKeyValue.slots + attention.output.slots + mlp.up.slots + mlp.down.slots
    }

    package func forward(
        _ x: Matrix, rows: [Int32]?, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, saved: Saved) {
        let y = pass.saved.matrix(rows?.count ?? x.rows, x.columns)
        return (y, forward(x, rows: rows, into: y, layout: layout, cache: nil, pass: pass))
    }

    package func forwardToCheckpoint(
        _ x: Matrix, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, checkpoint: SelfAttention.Attended) {
        let y = pass.saved.matrix(x.rows, x.columns)
        let attended = attention.attend(x, layout: layout, pass: pass)
        let mark = pass.saved.mark()
        defer { pass.saved.release(to: mark) }
        _ = finish(attended, rows: nil, into: y, pass: pass)
        return (y, attended)
    }

    package func recompute(
        _ x: Matrix, from attended: SelfAttention.Attended, layout: SequenceLayout, pass: Pass
    ) -> Saved {
        pass.withScratch { scratch in
            finish(attended, rows: nil, into: scratch.matrix(x.rows, x.columns), pass: pass)
        }
    }

    package func infer(
        _ x: Matrix, rows: [Int32]?, into selected: Matrix?, layout: SequenceLayout, cache: LayerCache?, pass: Pass
    ) {
        let mark = pass.saved.mark()
        defer { pass.saved.release(to: mark) }
        // Both layers read x, so the result has a place of its own until they have.
        let y = selected ?? pass.saved.matrix(x.rows, x.columns)
        _ = forward(x, rows: rows, into: y, layout: layout, cache: cache, pass: pass)
        if selected == nil { x.copy(from: y) }
    }

    private func forward(
        _ x: Matrix, rows: [Int32]?, into y: Matrix, layout: SequenceLayout, cache: LayerCache?, pass: Pass
    ) -> Saved {
        finish(
            attention.attend(x, layout: layout, cache: cache, pass: pass), rows: rows, into: y, pass: pass)
    }

    /// What follows attention: its output projection and the feed-forward layer.
    private func finish(_ attended: SelfAttention.Attended, rows: [Int32]?, into y: Matrix, pass: Pass) -> Saved {
        let x = attended.x
        let attentionSaved = attention.project(attended, into: y, rows: rows, pass: pass)
        var read = x
        if let rows {
            read = pass.saved.matrix(rows.count, x.columns)
            Kernels.gatherRows(x, rows: rows, into: read)
        }
        let mlpSaved = mlp.forward(read, adding: y, into: y, pass: pass)
        return Saved(attention: attentionSaved, mlp: mlpSaved, rows: rows)
    }

    package func backward(
        _ dy: Matrix, saved: Saved, layout: SequenceLayout, needsInputGradient: Bool, pass: Pass
    ) -> Matrix? {
        var dx = dy
        if saved.rows != nil, needsInputGradient {
            dx = pass.saved.matrix(saved.attention.x.rows, dy.columns)
            Kernels.clear(dx)
        }
        pass.withScratch { scratch in
            // ∂L/∂y is read by both layers; dy gains what the feed-forward layer adds to it.
            let gradient = scratch.matrix(dy.rows, dy.columns)
            gradient.copy(from: dy)
            mlp.backward(gradient, into: dy, saved: saved.mlp, needsInputGradient: needsInputGradient, pass: pass)
            if let rows = saved.rows, needsInputGradient { Kernels.scatterAddRows(dy, rows: rows, into: dx) }
            guard needsInputGradient || attention.hasAdapter else { return }
            attention.backward(
                gradient, into: dx, saved: saved.attention, rows: saved.rows, layout: layout,
                needsInputGradient: needsInputGradient, pass: pass)
        }
        return needsInputGradient ? dx : nil
    }
}
