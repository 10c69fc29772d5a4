import Tensors
import TestSupport
import Testing

struct AttentionTests {
    /// Inputs of a packed batch and room for every output, in views of wider matrices.
    private struct Case {
        let q, k, v, o, logSumExp, dO, dq, dk, dv: Matrix
        let spans: [AttentionSpan]
        let headDim: Int
        let scale: Float

        init(lengths: [Int], heads: Int, groups: Int, headDim: Int) {
            var numbers = TestNumbers(seed: 9)
            let total = lengths.reduce(0, +)
            let wide = { () -> Matrix in numbers.strided(total, heads * headDim) }
            (q, o, dO, dq) = (wide(), wide(), wide(), wide())
            let narrow = { () -> Matrix in numbers.strided(total, groups * headDim) }
            (k, v, dk, dv) = (narrow(), narrow(), narrow(), narrow())
            logSumExp = numbers.strided(total, heads)
            self.headDim = headDim
            scale = 2 / Float(headDim).squareRoot()
            var start = 0
            spans = lengths.map { length in
                defer { start += length }
                return AttentionSpan(queryStart: start, queryCount: length, keyStart: start, keyCount: length)
            }
        }

        func forward(mask: AttentionMask = .causal, backend: ProductBackend = .panels) {
            Kernels.attentionForward(
                q: q, k: k, v: v, spans: spans, headDim: headDim, scale: scale, mask: mask, into: o,
                logSumExp: logSumExp, backend: backend)
        }

        func backward(mask: AttentionMask = .causal, backend: ProductBackend = .panels) {
            Kernels.attentionBackward(
                dO: dO, q: q, k: k, v: v, o: o, logSumExp: logSumExp, spans: spans, headDim: headDim, scale: scale,
                mask: mask, dq: dq, dk: dk, dv: dv, backend: backend)
        }
    }

    @Test("Every backend gives the formula's values", arguments: ProductBackend.allCases)
    func backends(backend: ProductBackend) {
        let test = Case(lengths: [33, 5, 300], heads: 6, groups: 2, headDim: 24)
        test.forward(backend: backend)
        test.backward(backend: backend)
        var plain = PlainAttention(q: test.q, k: test.k, v: test.v, headDim: 24, scale: test.scale)
        for span in test.spans { plain.run(span, dO: test.dO.nested) }
        expectClose(test.o, plain.o, atol: 2e-6, "o")
        expectClose(test.dq, plain.dq, atol: 2e-5, "dq")
        expectClose(test.dk, plain.dk, atol: 2e-5, "dk")
        expectClose(test.dv, plain.dv, atol: 2e-5, "dv")
    }

    @Test(
        "Where every query sees every key, any shape agrees with the formula, on every backend",
        arguments: [([1], 1, 1, 8), ([33, 5, 300], 6, 2, 24), ([530, 3], 2, 2, 8), ([2090], 2, 1, 8)],
        ProductBackend.allCases)
    func bidirectional(shape: ([Int], heads: Int, groups: Int, headDim: Int), backend: ProductBackend) {
        let test = Case(lengths: shape.0, heads: shape.heads, groups: shape.groups, headDim: shape.headDim)
        test.forward(mask: .bidirectional, backend: backend)
        test.backward(mask: .bidirectional, backend: backend)
        var plain = PlainAttention(
            q: test.q, k: test.k, v: test.v, headDim: shape.headDim, scale: test.scale, mask: .bidirectional)
        for span in test.spans { plain.run(span, dO: test.dO.nested) }
        expectClose(test.o, plain.o, atol: 2e-6, "o")
        expectClose(test.logSumExp, plain.logSumExp, atol: 2e-6, "logSumExp")
        expectClose(test.dq, plain.dq, atol: 2e-5, "dq")
        expectClose(test.dk, plain.dk, atol: 2e-5, "dk")
        expectClose(test.dv, plain.dv, atol: 2e-5, "dv")
    }

    @Test(
        "Ragged spans and grouped queries give PyTorch's values and gradients",
        arguments: [("attention", AttentionMask.causal), ("attention_bidirectional", .bidirectional)])
    func agreesWithPyTorch(name: String, mask: AttentionMask) throws {
        let fixture = try KernelFixture.load(name)
        let (q, k, v) = (try fixture.matrix("q"), try fixture.matrix("k"), try fixture.matrix("v"))
        let headDim = Int(try fixture.scalar("headDim"))
        let scale = Float(try fixture.scalar("scale"))
        let o = Matrix(rows: q.rows, columns: q.columns)
        let logSumExp = Matrix(rows: q.rows, columns: q.columns / headDim)
        var start = 0
        let spans = try fixture.integers("lengths").map { length in
            defer { start += length }
            return AttentionSpan(queryStart: start, queryCount: length, keyStart: start, keyCount: length)
        }
        Kernels.attentionForward(
            q: q, k: k, v: v, spans: spans, headDim: headDim, scale: scale, mask: mask, into: o,
            logSumExp: logSumExp)
        try fixture.expect(o, equals: "o")
        try fixture.expect(logSumExp, equals: "logSumExp")
        let (dq, dk, dv) = (q.copied, k.copied, v.copied)
        Kernels.attentionBackward(
            dO: try fixture.matrix("dO"), q: q, k: k, v: v, o: o, logSumExp: logSumExp, spans: spans,
            headDim: headDim, scale: scale, mask: mask, dq: dq, dk: dk, dv: dv)
        try fixture.expect(dq, equals: "dq")
        try fixture.expect(dk, equals: "dk")
        try fixture.expect(dv, equals: "dv")
    }

    @Test(
        "Any shape agrees with the formula, over tile and chunk borders too",
        arguments: [
            ([1], 1, 1, 8), ([3, 1, 17], 6, 2, 24), ([33, 5], 9, 3, 64), ([129, 2], 2, 2, 16), ([300], 3, 1, 40),
            ([530], 2, 1, 8), ([40], 16, 1, 72),
        ])
    func agreesWithFormula(lengths: [Int], heads: Int, groups: Int, headDim: Int) {
        let test = Case(lengths: lengths, heads: heads, groups: groups, headDim: headDim)
        test.forward()
        test.backward()
        var plain = PlainAttention(q: test.q, k: test.k, v: test.v, headDim: headDim, scale: test.scale)
        for span in test.spans { plain.run(span, dO: test.dO.nested) }
        expectClose(test.o, plain.o, atol: 2e-6, "o")
        expectClose(test.logSumExp, plain.logSumExp, atol: 2e-6, "logSumExp")
        expectClose(test.dq, plain.dq, atol: 2e-5, "dq")
        expectClose(test.dk, plain.dk, atol: 2e-5, "dk")
        expectClose(test.dv, plain.dv, atol: 2e-5, "dv")
    }

    @Test("Queries after cached keys agree with the formula", arguments: [(1, 1), (1, 700), (5, 300), (40, 41)])
    func queriesAfterCachedKeys(queries: Int, keys: Int) {
        var numbers = TestNumbers(seed: 10)
        let q = numbers.strided(queries, 6 * 16)
        let k = numbers.strided(keys + 3, 2 * 16)
        let v = numbers.strided(keys + 3, 2 * 16)
        let o = numbers.strided(queries, 6 * 16)
        let logSumExp = Matrix(rows: queries, columns: 6)
        let span = AttentionSpan(queryStart: 0, queryCount: queries, keyStart: 2, keyCount: keys)
        Kernels.attentionForward(
            q: q, k: k, v: v, spans: [span], headDim: 16, scale: 0.25, into: o, logSumExp: logSumExp)
        var plain = PlainAttention(q: q, k: k, v: v, headDim: 16, scale: 0.25)
        plain.run(span)
        expectClose(o, plain.o, atol: 2e-6)
        expectClose(logSumExp, plain.logSumExp, atol: 2e-6)
    }

    @Test(
        "Backward of queries after keys of a shared beginning is that of the whole sequence whose first rows have no gradient",
        arguments: [(1, 5), (40, 41), (130, 300), (300, 530)], [AttentionMask.causal, .sliding(window: 70)])
    func backwardAfterSharedKeys(counts: (queries: Int, keys: Int), mask: AttentionMask) {
        let whole = Case(lengths: [counts.keys], heads: 6, groups: 2, headDim: 16)
        let own = (counts.keys - counts.queries)..<counts.keys
        whole.dO.rows(0..<own.lowerBound).fill(0)
        whole.forward(mask: mask)
        whole.backward(mask: mask)
        let (dq, dk, dv) = (whole.dq.rows(own).copied, whole.dk.copied, whole.dv.copied)
        Kernels.attentionBackward(
            dO: whole.dO.rows(own), q: whole.q.rows(own), k: whole.k, v: whole.v, o: whole.o.rows(own),
            logSumExp: whole.logSumExp.rows(own),
            spans: [AttentionSpan(queryStart: 0, queryCount: own.count, keyStart: 0, keyCount: counts.keys)],
            headDim: 16, scale: whole.scale, mask: mask, dq: dq, dk: dk, dv: dv)
        expectClose(dq, whole.dq.rows(own).nested, atol: 2e-6, "dq")
        expectClose(dk, whole.dk.nested, atol: 2e-6, "dk")
        expectClose(dv, whole.dv.nested, atol: 2e-6, "dv")
    }

    @Test("Packing sequences together changes no bit of what each gives alone")
    func packingChangesNothing() {
        let packed = Case(lengths: [7, 30, 2], heads: 6, groups: 2, headDim: 16)
        packed.forward()
        packed.backward()
        let (o, dk) = (packed.o.copied, packed.dk.copied)
        for span in packed.spans {
            Kernels.attentionForward(
                q: packed.q, k: packed.k, v: packed.v, spans: [span], headDim: 16, scale: packed.scale, into: packed.o,
                logSumExp: packed.logSumExp)
            Kernels.attentionBackward(
                dO: packed.dO, q: packed.q, k: packed.k, v: packed.v, o: packed.o, logSumExp: packed.logSumExp,
                spans: [span], headDim: 16, scale: packed.scale, dq: packed.dq, dk: packed.dk, dv: packed.dv)
        }
        #expect(packed.o.values == o.values)
        #expect(packed.dk.values == dk.values)
    }

    @Test("Scores far apart over several key tiles neither overflow nor lose the largest")
    func extremes() {
        let keys = 600
        let q = Matrix([Float](repeating: 10, count: 8), rows: 1, columns: 8)
        let k = Matrix(rows: keys, columns: 8)
        let v = Matrix(rows: keys, columns: 8)
        for key in 0..<keys {
            k.rows(key..<(key + 1)).fill(Float(key) - 300)
            v.rows(key..<(key + 1)).fill(Float(key))
        }
        let o = Matrix(rows: 1, columns: 8)
        let span = AttentionSpan(queryStart: 0, queryCount: 1, keyStart: 0, keyCount: keys)
        Kernels.attentionForward(
            q: q, k: k, v: v, spans: [span], headDim: 8, scale: 1, into: o, logSumExp: Matrix(rows: 1, columns: 1))
        #expect(o.values == [Float](repeating: 599, count: 8))
    }

    @Test("The gradients agree with finite differences")
    func gradients() {
        let test = Case(lengths: [4, 3], heads: 4, groups: 2, headDim: 8)
        test.forward()
        test.backward()
        let loss = {
            test.forward()
            return dot(test.o, test.dO)
        }
        expectGradient(test.dq, of: test.q, "q", loss: loss)
        expectGradient(test.dk, of: test.k, "k", loss: loss)
        expectGradient(test.dv, of: test.v, "v", loss: loss)
    }
}
