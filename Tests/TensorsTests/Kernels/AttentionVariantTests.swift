import Tensors
import TestSupport
import Testing

/// Windows and soft caps against the formula, over tile and chunk borders.
struct AttentionVariantTests {
    struct Variant: Sendable, CustomTestStringConvertible {
        let mask: AttentionMask
        let softCap: Float?
        var testDescription: String { "\(mask), soft cap \(softCap ?? 0)" }
    }

    static let variants = [
        Variant(mask: .sliding(window: 1), softCap: nil), Variant(mask: .sliding(window: 4), softCap: nil),
        Variant(mask: .sliding(window: 4), softCap: 1.5), Variant(mask: .sliding(window: 37), softCap: nil),
        Variant(mask: .sliding(window: 300), softCap: 3), Variant(mask: .sliding(window: 5000), softCap: nil),
        Variant(mask: .causal, softCap: 1.5), Variant(mask: .bidirectional, softCap: 2),
    ]

    /// How far an element may be off: `absolute` and so much of the expected value. Gradients are sums over more terms;
    /// factors in bfloat16 are rounded once each, p, ds and the result again, and sums are float32.
    private struct Tolerance {
        let relative, absolute: Double

        static let values = Tolerance(relative: 1e-5, absolute: 3e-6)
        static let gradients = Tolerance(relative: 1e-5, absolute: 3e-5)
        static let bfloat16Values = Tolerance(relative: 0.02, absolute: 0.02)
        static let bfloat16Queries = Tolerance(relative: 0.03, absolute: 0.03)
        static let bfloat16Keys = Tolerance(relative: 0.03, absolute: 0.05)
    }

    private func expectAttention(
        _ actual: Matrix, _ expected: [[Double]], _ tolerance: Tolerance, _ what: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectClose(
            actual, expected, rtol: tolerance.relative, atol: tolerance.absolute, what, sourceLocation: sourceLocation)
    }

    /// Inputs of a packed batch and room for every output.
    private struct Case {
        let q, k, v, o, logSumExp, dO, dq, dk, dv: Matrix
        let spans: [AttentionSpan]
        let headDim: Int
        let variant: Variant
        let scale: Float = 0.7

        init(lengths: [Int], heads: Int, groups: Int, headDim: Int, _ variant: Variant) {
            var numbers = TestNumbers(seed: 19)
            let total = lengths.reduce(0, +)
            let wide = { () -> Matrix in numbers.strided(total, heads * headDim) }
            (q, o, dO, dq) = (wide(), wide(), wide(), wide())
            let narrow = { () -> Matrix in numbers.strided(total, groups * headDim) }
            (k, v, dk, dv) = (narrow(), narrow(), narrow(), narrow())
            logSumExp = numbers.strided(total, heads)
            self.headDim = headDim
            self.variant = variant
            var start = 0
            spans = lengths.map { length in
                defer { start += length }
                return AttentionSpan(queryStart: start, queryCount: length, keyStart: start, keyCount: length)
            }
        }

        func forward(backend: ProductBackend = .panels) {
            Kernels.attentionForward(
                q: q, k: k, v: v, spans: spans, headDim: headDim, scale: scale, mask: variant.mask,
                softCap: variant.softCap, into: o, logSumExp: logSumExp, backend: backend)
        }

        func backward(backend: ProductBackend = .panels) {
            Kernels.attentionBackward(
                dO: dO, q: q, k: k, v: v, o: o, logSumExp: logSumExp, spans: spans, headDim: headDim, scale: scale,
                mask: variant.mask, softCap: variant.softCap, dq: dq, dk: dk, dv: dv, backend: backend)
        }
    }

    @Test("Values and gradients are the formula's, on every backend", arguments: variants, ProductBackend.allCases)
    func formula(variant: Variant, backend: ProductBackend) {
        for (lengths, heads, groups) in [([33, 5, 140], 6, 2), ([1], 1, 1), ([530], 1, 1), ([2090], 2, 1)] {
            let test = Case(lengths: lengths, heads: heads, groups: groups, headDim: 8, variant)
            test.forward(backend: backend)
            test.backward(backend: backend)
            var plain = PlainAttention(
                q: test.q, k: test.k, v: test.v, headDim: 8, scale: test.scale, mask: variant.mask,
                softCap: variant.softCap)
            for span in test.spans { plain.run(span, dO: test.dO.nested) }
            expectAttention(test.o, plain.o, .values, "o")
            expectAttention(test.logSumExp, plain.logSumExp, .values, "logSumExp")
            expectAttention(test.dq, plain.dq, .gradients, "dq")
            expectAttention(test.dk, plain.dk, .gradients, "dk")
            expectAttention(test.dv, plain.dv, .gradients, "dv")
        }
    }

    @Test(
        "Queries after cached keys see their window alone", arguments: variants,
        [(1, 1), (1, 600), (5, 300), (40, 41)])
    func cachedKeys(variant: Variant, counts: (queries: Int, keys: Int)) {
        var numbers = TestNumbers(seed: 20)
        let q = numbers.strided(counts.queries, 6 * 16)
        let k = numbers.strided(counts.keys, 2 * 16)
        let v = numbers.strided(counts.keys, 2 * 16)
        let o = numbers.strided(counts.queries, 6 * 16)
        let logSumExp = Matrix(rows: counts.queries, columns: 6)
        let span = AttentionSpan(queryStart: 0, queryCount: counts.queries, keyStart: 0, keyCount: counts.keys)
        Kernels.attentionForward(
            q: q, k: k, v: v, spans: [span], headDim: 16, scale: 0.25, mask: variant.mask, softCap: variant.softCap,
            into: o, logSumExp: logSumExp)
        var plain = PlainAttention(
            q: q, k: k, v: v, headDim: 16, scale: 0.25, mask: variant.mask, softCap: variant.softCap)
        plain.run(span)
        expectAttention(o, plain.o, .values)
        expectAttention(logSumExp, plain.logSumExp, .values)
    }

    @Test("The gradients agree with finite differences", arguments: variants.prefix(4) + variants.suffix(2))
    func gradients(variant: Variant) {
        let test = Case(lengths: [6, 3], heads: 4, groups: 2, headDim: 4, variant)
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

    @Test("In bfloat16 values and gradients are close to the formula's", arguments: variants)
    func bfloat16(variant: Variant) {
        let test = Case(lengths: [33, 5, 140], heads: 6, groups: 2, headDim: 16, variant)
        func half(_ x: Matrix) -> Matrix {
            let copy = Matrix(rows: x.rows, columns: x.columns, dtype: .bfloat16)
            copy.copy(from: x)
            return copy
        }
        let (q, k, v, dO, o) = (half(test.q), half(test.k), half(test.v), half(test.dO), half(test.o))
        Kernels.attentionForward(
            q: q, k: k, v: v, spans: test.spans, headDim: 16, scale: 0.3, mask: variant.mask,
            softCap: variant.softCap, into: o, logSumExp: test.logSumExp)
        Kernels.attentionBackward(
            dO: dO, q: q, k: k, v: v, o: o, logSumExp: test.logSumExp, spans: test.spans, headDim: 16, scale: 0.3,
            mask: variant.mask, softCap: variant.softCap, dq: test.dq, dk: test.dk, dv: test.dv)
        var plain = PlainAttention(
            q: q.float32, k: k.float32, v: v.float32, headDim: 16, scale: 0.3, mask: variant.mask,
            softCap: variant.softCap)
        for span in test.spans { plain.run(span, dO: dO.float32.nested) }
        expectAttention(o.float32, plain.o, .bfloat16Values, "o")
        expectAttention(test.dq, plain.dq, .bfloat16Queries, "dq")
        expectAttention(test.dk, plain.dk, .bfloat16Keys, "dk")
        expectAttention(test.dv, plain.dv, .bfloat16Keys, "dv")
    }
}
