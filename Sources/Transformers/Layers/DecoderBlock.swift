import Tensors

/// One layer of a pre-norm decoder: attention, then the feed-forward layer.
package final class DecoderBlock: TransformerBlock {
    package let attention: SelfAttention
    package let mlp: FeedForward

    /// What backward needs of a forward pass.
    package struct Kept {
        let attention: SelfAttention.Kept
        let mlp: FeedForward.Kept
        /// Rows that went on after attention, all where nil.
        let rows: [Int32]?
    }

    package init(attention: SelfAttention, mlp: FeedForward) {
        self.attention = attention
        self.mlp = mlp
    }

    package var hasAdapter: Bool { attention.hasAdapter || mlp.hasAdapter }
    package var isCausal: Bool { attention.isCausal }

    package var slots: [ProjectionSlot] {
        attention.queryKeyValue.slots + attention.output.slots + mlp.up.slots + mlp.down.slots
    }

    package func forward(
        _ x: Matrix, rows: [Int32]?, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, kept: Kept) {
        let middle = pass.kept.matrix(rows?.count ?? x.rows, x.columns)
        let y = pass.kept.matrix(middle.rows, x.columns)
        let attentionKept = attention.forward(x, into: middle, rows: rows, layout: layout, pass: pass)
        let mlpKept = mlp.forward(middle, into: y, pass: pass)
        return (y, Kept(attention: attentionKept, mlp: mlpKept, rows: rows))
    }

    package func forwardToCheckpoint(
        _ x: Matrix, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, checkpoint: SelfAttention.Attended) {
        let y = pass.kept.matrix(x.rows, x.columns)
        let attended = attention.attend(x, layout: layout, pass: pass)
        let mark = pass.kept.mark()
        defer { pass.kept.release(to: mark) }
        let middle = pass.kept.matrix(x.rows, x.columns)
        _ = attention.project(attended, into: middle, rows: nil, pass: pass)
        _ = mlp.forward(middle, into: y, pass: pass)
        return (y, attended)
    }

    package func recompute(
        _ x: Matrix, from attended: SelfAttention.Attended, layout: SequenceLayout, pass: Pass
    ) -> Kept {
        let middle = pass.kept.matrix(x.rows, x.columns)
        let attentionKept = attention.project(attended, into: middle, rows: nil, pass: pass)
        return Kept(attention: attentionKept, mlp: mlp.recompute(middle, pass: pass), rows: nil)
    }

    package func infer(
        _ x: Matrix, rows: [Int32]?, into selected: Matrix?, layout: SequenceLayout, cache: LayerCache?,
        pass: Pass
    ) {
        let mark = pass.kept.mark()
        defer { pass.kept.release(to: mark) }
        _ = attention.forward(x, into: selected, rows: rows, layout: layout, cache: cache, pass: pass)
        mlp.infer(selected ?? x, pass: pass)
    }

    package func backward(
        _ dy: Matrix, kept: Kept, layout: SequenceLayout, needsInputGradient: Bool, pass: Pass
    ) -> Matrix? {
        let attentionTrains = needsInputGradient || attention.hasAdapter
        mlp.backward(into: dy, kept: kept.mlp, needsInputGradient: attentionTrains, pass: pass)
        guard attentionTrains else { return nil }
        var dx = dy
        if let rows = kept.rows {
            dx = pass.kept.matrix(kept.attention.x.rows, dy.columns)
            Kernels.clear(dx)
            Kernels.scatterAddRows(dy, rows: rows, into: dx)
        }
        attention.backward(
            dy, into: dx, kept: kept.attention, rows: kept.rows, layout: layout,
            needsInputGradient: needsInputGradient, pass: pass)
        return needsInputGradient ? dx : nil
    }
}
