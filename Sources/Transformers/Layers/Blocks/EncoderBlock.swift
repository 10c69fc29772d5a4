import Tensors

/// One layer of a post-norm encoder, as in BERT (https://arxiv.org/abs/1810.04805):
///
///     a = x + attention(x)      [T, d]
///     h = norm₁(a)              [T, d]
///     f = h + feedForward(h)    [T, d]
///     y = norm₂(f)              [T, d]
///
/// Attention and the feed-forward layer have no norm of their own.
package final class EncoderBlock<Attention: AttentionLayer>: TransformerBlock {
    package let attention: Attention
    package let attentionNorm: any Norm
    package let feedForward: FeedForward
    package let outputNorm: any Norm

    /// What backward needs of a forward pass.
    package struct Saved {
        let attention: Attention.Saved
        let a: Matrix
        let aStatistics: Matrix
        let feedForward: FeedForward.Saved
        let f: Matrix
        let fStatistics: Matrix
        /// Rows of x.
        let count: Int
        /// Rows that went on after attention, all where nil.
        let rows: [Int32]?
    }

    package init(
        attention: Attention, attentionNorm: any Norm, feedForward: FeedForward, outputNorm: any Norm
    ) {
        self.attention = attention
        self.attentionNorm = attentionNorm
        self.feedForward = feedForward
        self.outputNorm = outputNorm
    }

    package var hasAdapter: Bool { attention.hasAdapter || feedForward.hasAdapter }

    package var parameterSlots: [ParameterSlot] {
        attention.parameterSlots + attentionNorm.parameterSlots + feedForward.parameterSlots
            + outputNorm.parameterSlots
    }
    package func unfreeze() throws { try attention.unfreeze() }

    package var isCausal: Bool { false }
    package var sublayerSlots: [SublayerSlot] { [attention.sublayerSlot, feedForward.sublayerSlot] }
    package var prefixSlot: RowSlot? { attention.ownRows }

    package var slots: [ProjectionSlot] { attention.slots + feedForward.up.slots + feedForward.down.slots }

    package func forward(
        _ x: Matrix, rows: [Int32]?, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, saved: Saved) {
        let y = pass.saved.matrix(rows?.count ?? x.rows, x.columns)
        let saved = keep(x, rows: rows, layout: layout, pass: pass)
        outputNorm.forward(saved.f, into: y, statistics: saved.fStatistics)
        return (y, saved)
    }

    package func forwardToCheckpoint(
        _ x: Matrix, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, checkpoint: Void) {
        let y = pass.saved.matrix(x.rows, x.columns)
        let mark = pass.saved.mark()
        defer { pass.saved.release(to: mark) }
        let saved = keep(x, rows: nil, layout: layout, pass: pass)
        outputNorm.forward(saved.f, into: y, statistics: saved.fStatistics)
        return (y, ())
    }

    package func recompute(_ x: Matrix, from checkpoint: Void, layout: SequenceLayout, pass: Pass) -> Saved {
        let saved = keep(x, rows: nil, layout: layout, pass: pass)
        // The last norm's statistics come with its output.
        pass.withScratch { scratch in
            outputNorm.forward(saved.f, into: scratch.matrix(x.rows, x.columns), statistics: saved.fStatistics)
        }
        return saved
    }

    package func infer(
        _ x: Matrix, rows: [Int32]?, into selected: Matrix?, layout: SequenceLayout, cache: LayerCache?, pass: Pass
    ) {
        let mark = pass.saved.mark()
        defer { pass.saved.release(to: mark) }
        let y = selected ?? x
        _ = attention.forward(x, into: selected, rows: rows, layout: layout, cache: cache, pass: pass)
        let h = pass.saved.matrix(y.rows, y.columns)
        attentionNorm.forward(y, into: h, statistics: pass.saved.matrix(y.rows, attentionNorm.statisticsCount))
        _ = feedForward.forward(h, into: nil, pass: pass)
        outputNorm.forward(h, into: y, statistics: pass.saved.matrix(y.rows, outputNorm.statisticsCount))
    }

    /// Everything but the last norm, whose statistics are left open.
    private func keep(_ x: Matrix, rows: [Int32]?, layout: SequenceLayout, pass: Pass) -> Saved {
        let count = rows?.count ?? x.rows
        let a = pass.saved.matrix(count, x.columns)
        let attentionSaved = attention.forward(x, into: a, rows: rows, layout: layout, cache: nil, pass: pass)
        let aStatistics = pass.saved.matrix(count, attentionNorm.statisticsCount)
        let h = pass.saved.matrix(count, x.columns)
        attentionNorm.forward(a, into: h, statistics: aStatistics)
        let f = pass.saved.matrix(count, x.columns)
        let feedForwardSaved = feedForward.forward(h, into: f, pass: pass)
        return Saved(
            attention: attentionSaved, a: a, aStatistics: aStatistics, feedForward: feedForwardSaved, f: f,
            fStatistics: pass.saved.matrix(count, outputNorm.statisticsCount), count: x.rows, rows: rows)
    }

    package func backward(
        _ dy: Matrix, saved: Saved, layout: SequenceLayout, needsInputGradient: Bool, pass: Pass
    ) -> Matrix? {
        let attentionTrains = needsInputGradient || attention.hasAdapter
        pass.withScratch { scratch in
            let df = scratch.matrix(dy.rows, dy.columns)
            Kernels.clear(df)
            outputNorm.backward(dy, x: saved.f, statistics: saved.fStatistics, into: df)
            // From here on the gradient is that of h.
            feedForward.backward(into: df, saved: saved.feedForward, needsInputGradient: attentionTrains, pass: pass)
            guard attentionTrains else { return }
            Kernels.clear(dy)
            attentionNorm.backward(df, x: saved.a, statistics: saved.aStatistics, into: dy)
        }
        guard attentionTrains else { return nil }
        // dy is ∂L/∂a now.
        var dx = dy
        if let rows = saved.rows {
            dx = pass.saved.matrix(saved.count, dy.columns)
            Kernels.clear(dx)
            Kernels.scatterAddRows(dy, rows: rows, into: dx)
        }
        attention.backward(
            dy, into: dx, saved: saved.attention, rows: saved.rows, layout: layout,
            needsInputGradient: needsInputGradient, pass: pass)
        return needsInputGradient ? dx : nil
    }
}
