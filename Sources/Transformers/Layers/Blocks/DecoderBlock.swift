import Tensors

/// One layer of a pre-norm decoder: attention, then the feed-forward layer.
package final class DecoderBlock: TransformerBlock {
    package let attention: SelfAttention
    package let mlp: FeedForward

    /// What backward needs of a forward pass.
    package struct Saved {
        let attention: SelfAttention.Saved
        let mlp: FeedForward.Saved
        /// Rows that went on after attention, all where nil.
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
        let middle = pass.saved.matrix(rows?.count ?? x.rows, x.columns)
        let y = pass.saved.matrix(middle.rows, x.columns)
        let attentionSaved = attention.forward(x, into: middle, rows: rows, layout: layout, pass: pass)
        let mlpSaved = mlp.forward(middle, into: y, pass: pass)
        return (y, Saved(attention: attentionSaved, mlp: mlpSaved, rows: rows))
    }

    package func forwardToCheckpoint(
        _ x: Matrix, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, checkpoint: SelfAttention.Attended) {
        let y = pass.saved.matrix(x.rows, x.columns)
        let attended = attention.attend(x, layout: layout, pass: pass)
        let mark = pass.saved.mark()
        defer { pass.saved.release(to: mark) }
        let middle = pass.saved.matrix(x.rows, x.columns)
        _ = attention.project(attended, into: middle, rows: nil, pass: pass)
        _ = mlp.forward(middle, into: y, pass: pass)
        return (y, attended)
    }

    package func recompute(
        _ x: Matrix, from attended: SelfAttention.Attended, layout: SequenceLayout, pass: Pass
    ) -> Saved {
        let middle = pass.saved.matrix(x.rows, x.columns)
        let attentionSaved = attention.project(attended, into: middle, rows: nil, pass: pass)
        return Saved(attention: attentionSaved, mlp: mlp.recompute(middle, pass: pass), rows: nil)
    }

    package func infer(
        _ x: Matrix, rows: [Int32]?, into selected: Matrix?, layout: SequenceLayout, cache: LayerCache?,
        pass: Pass
    ) {
        let mark = pass.saved.mark()
        defer { pass.saved.release(to: mark) }
        _ = attention.forward(x, into: selected, rows: rows, layout: layout, cache: cache, pass: pass)
        mlp.infer(selected ?? x, pass: pass)
    }

    package func backward(
        _ dy: Matrix, saved: Saved, layout: SequenceLayout, needsInputGradient: Bool, pass: Pass
    ) -> Matrix? {
        let attentionTrains = needsInputGradient || attention.hasAdapter
        mlp.backward(into: dy, saved: saved.mlp, needsInputGradient: attentionTrains, pass: pass)
        guard attentionTrains else { return nil }
        var dx = dy
        if let rows = saved.rows {
            dx = pass.saved.matrix(saved.attention.x.rows, dy.columns)
            Kernels.clear(dx)
            Kernels.scatterAddRows(dy, rows: rows, into: dx)
        }
        attention.backward(
            dy, into: dx, saved: saved.attention, rows: saved.rows, layout: layout,
            needsInputGradient: needsInputGradient, pass: pass)
        return needsInputGradient ? dx : nil
    }
}
