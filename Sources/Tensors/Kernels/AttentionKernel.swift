import CKernels

/// One sequence's rows in packed matrices. Its queries are the last `queryCount` of its `keyCount` positions: all of
/// them in training, one when decoding with a cache.
package struct AttentionSpan: Sendable, Equatable {
    package let queryStart: Int
    package let queryCount: Int
    package let keyStart: Int
    package let keyCount: Int

    package init(queryStart: Int, queryCount: Int, keyStart: Int, keyCount: Int) {
        self.queryStart = queryStart
        self.queryCount = queryCount
        self.keyStart = keyStart
        self.keyCount = keyCount
    }
}

extension Kernels {
    /// o = softmax(scale·q·kᵀ, causal)·v within each span: q, o `[T, heads·D]`, k, v `[·, groups·D]`; query head h
    /// reads key head h / (heads / groups). `logSumExp` `[T, heads]` is kept for backward.
    package static func attentionForward(
        q: Matrix, k: Matrix, v: Matrix, spans: [AttentionSpan], headDim: Int, scale: Float, into o: Matrix,
        logSumExp: Matrix
    ) {
        precondition(headDim <= CK_MAX_HEAD_DIM, "attention heads of \(headDim) are not supported")
        let groups = k.columns / headDim
        let group = q.columns / headDim / groups
        forEachHead(spans: spans, groups: groups) { span, index in
            let keys = index * headDim
            let queries = keys * group
            ck_attention_forward(
                q.pointer(row: span.queryStart) + queries, q.stride, k.pointer(row: span.keyStart) + keys, k.stride,
                v.pointer(row: span.keyStart) + keys, v.stride, o.pointer(row: span.queryStart) + queries, o.stride,
                logSumExp.pointer(row: span.queryStart) + index * group, logSumExp.stride, span.queryCount,
                span.keyCount, group, headDim, scale)
        }
    }

    /// Assigns dq, dk and dv; every span's queries are all of its keys.
    package static func attentionBackward(
        dO: Matrix, q: Matrix, k: Matrix, v: Matrix, o: Matrix, logSumExp: Matrix, spans: [AttentionSpan],
        headDim: Int, scale: Float, dq: Matrix, dk: Matrix, dv: Matrix
    ) {
        let groups = k.columns / headDim
        let group = q.columns / headDim / groups
        forEachHead(spans: spans, groups: groups) { span, index in
            precondition(span.queryCount == span.keyCount && span.queryStart == span.keyStart)
            let row = span.queryStart
            let keys = index * headDim
            let queries = keys * group
            ck_attention_backward(
                dO.pointer(row: row) + queries, dO.stride, q.pointer(row: row) + queries, q.stride,
                k.pointer(row: row) + keys, k.stride, v.pointer(row: row) + keys, v.stride,
                o.pointer(row: row) + queries, o.stride, logSumExp.pointer(row: row) + index * group,
                logSumExp.stride, dq.pointer(row: row) + queries, dq.stride, dk.pointer(row: row) + keys, dk.stride,
                dv.pointer(row: row) + keys, dv.stride, span.queryCount, group, headDim, scale)
        }
    }

    /// One task a span and key head, so that no two threads write the same dk or dv.
    private static func forEachHead(
        spans: [AttentionSpan], groups: Int, _ body: (AttentionSpan, Int) -> Void
    ) {
        Threads.parallel(spans.count * groups) { tasks in
            for task in tasks { body(spans[task / groups], task % groups) }
        }
    }
}
