import Tensors

/// A layer that normalises after each residual sum: y = norm₂(m + mlp(m)), m = norm₁(x + attention(x)).
///
/// The order of the first transformer: https://arxiv.org/abs/1706.03762.
package final class PostNormBlock: TransformerBlock {
    package let attention: SelfAttention
    package let mlp: FeedForward
    private let attentionNorm: any Norm
    private let mlpNorm: any Norm

    /// What backward needs of a forward pass.
    package struct Kept {
        let attention: SelfAttention.Kept
        let mlp: FeedForward.Kept
        /// What the norms read, and their statistics.
        let sums: (attention: Matrix, mlp: Matrix)
        let statistics: (attention: Matrix, mlp: Matrix)
        /// Rows that went on after attention, all where nil.
        let rows: [Int32]?
    }

    /// Layers without norms of their own.
    package init(attention: SelfAttention, attentionNorm: any Norm, mlp: FeedForward, mlpNorm: any Norm) {
        self.attention = attention
        self.attentionNorm = attentionNorm
        self.mlp = mlp
        self.mlpNorm = mlpNorm
    }

    package var hasAdapter: Bool { attention.hasAdapter || mlp.hasAdapter }

    package var slots: [ProjectionSlot] {
        attention.queryKeyValue.slots + attention.output.slots + mlp.up.slots + mlp.down.slots
    }

    package func forward(
        _ x: Matrix, rows: [Int32]?, layout: SequenceLayout, pass: Pass
    ) -> (y: Matrix, kept: Kept) {
        let y = pass.kept.matrix(rows?.count ?? x.rows, x.columns)
        return (y, forward(x, rows: rows, into: y, layout: layout, cache: nil, pass: pass))
    }

    package func forwardKeepingNothing(_ x: Matrix, layout: SequenceLayout, pass: Pass) -> Matrix {
        let y = pass.kept.matrix(x.rows, x.columns)
        let mark = pass.kept.mark()
        defer { pass.kept.release(to: mark) }
        _ = forward(x, rows: nil, into: y, layout: layout, cache: nil, pass: pass)
        return y
    }

    package func recompute(_ x: Matrix, layout: SequenceLayout, pass: Pass) -> Kept {
        pass.withScratch { scratch in
            let unused = scratch.matrix(x.rows, x.columns)
            return forward(x, rows: nil, into: unused, layout: layout, cache: nil, pass: pass)
        }
    }

    package func infer(
        _ x: Matrix, rows: [Int32]?, into selected: Matrix?, layout: SequenceLayout, cache: LayerCache?, pass: Pass
    ) {
        let mark = pass.kept.mark()
        defer { pass.kept.release(to: mark) }
        _ = forward(x, rows: rows, into: selected ?? x, layout: layout, cache: cache, pass: pass)
    }

    /// y, which may be x itself.
    private func forward(
        _ x: Matrix, rows: [Int32]?, into y: Matrix, layout: SequenceLayout, cache: LayerCache?, pass: Pass
    ) -> Kept {
        let count = rows?.count ?? x.rows
        func matrix(_ columns: Int) -> Matrix { pass.kept.matrix(count, columns) }
        let (sum, middle, mlpSum) = (matrix(x.columns), matrix(x.columns), matrix(x.columns))
        let statistics = (
            attention: matrix(attentionNorm.statisticsCount), mlp: matrix(mlpNorm.statisticsCount)
        )
        let attentionKept = attention.forward(x, into: sum, rows: rows, layout: layout, cache: cache, pass: pass)
        attentionNorm.forward(sum, into: middle, statistics: statistics.attention)
        let mlpKept = mlp.forward(middle, into: mlpSum, pass: pass)
        mlpNorm.forward(mlpSum, into: y, statistics: statistics.mlp)
        return Kept(
            attention: attentionKept, mlp: mlpKept, sums: (sum, mlpSum), statistics: statistics, rows: rows)
    }

    package func backward(
        _ dy: Matrix, kept: Kept, layout: SequenceLayout, needsInputGradient: Bool, pass: Pass
    ) -> Matrix? {
        let attentionTrains = needsInputGradient || attention.hasAdapter
        differentiate(mlpNorm, dy, x: kept.sums.mlp, statistics: kept.statistics.mlp, pass: pass)
        mlp.backward(into: dy, kept: kept.mlp, needsInputGradient: attentionTrains, pass: pass)
        guard attentionTrains else { return nil }
        differentiate(attentionNorm, dy, x: kept.sums.attention, statistics: kept.statistics.attention, pass: pass)
        var dx = dy
        if let rows = kept.rows {
            dx = pass.kept.matrix(kept.attention.x.rows, dy.columns)
            dx.fill(0)
            Kernels.scatterAddRows(dy, rows: rows, into: dx)
        }
        attention.backward(
            dy, into: dx, kept: kept.attention, rows: kept.rows, layout: layout,
            needsInputGradient: needsInputGradient, pass: pass)
        return needsInputGradient ? dx : nil
    }

    /// The gradient of a norm's output becomes that of its input.
    private func differentiate(_ norm: any Norm, _ gradient: Matrix, x: Matrix, statistics: Matrix, pass: Pass) {
        pass.withScratch { scratch in
            let above = scratch.matrix(gradient.rows, gradient.columns)
            above.copy(from: gradient)
            gradient.fill(0)
            norm.backward(above, x: x, statistics: statistics, into: gradient)
        }
    }
}
