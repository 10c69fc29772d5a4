import Tensors
import TestSupport
import Testing

struct DisentangledAttentionTests {
    /// Which position terms a case has.
    enum Terms: CaseIterable {
        case both, contentToPosition, positionToContent, none
    }

    /// Inputs of a packed batch and room for every output; q, k and v interleaved head by head as DeBERTa-v1's.
    private struct Case {
        let mixed, dMixed, o, dO: Matrix
        let heads: HeadColumns
        let table: RelativePositions
        let positions: PositionFactors?
        let dPositionKeys, dPositionQueries: Matrix?
        let spans: [AttentionSpan]
        let scale: Float

        init(lengths: [Int], heads count: Int, headDim: Int, terms: Terms, table: RelativePositions) {
            var numbers = TestNumbers(seed: 11)
            let total = lengths.reduce(0, +)
            mixed = numbers.strided(total, 3 * count * headDim)
            dMixed = numbers.strided(total, 3 * count * headDim)
            o = numbers.strided(total, count * headDim)
            dO = numbers.strided(total, count * headDim)
            heads = HeadColumns(count: count, headDim: headDim, stride: 3 * headDim)
            self.table = table
            let used = table.used(by: lengths.max() ?? 0)
            let all = numbers.matrix(2 * table.span, count * headDim)
            let more = numbers.matrix(2 * table.span, count * headDim)
            let keys = terms == .both || terms == .contentToPosition ? all.rows(used) : nil
            let queries = terms == .both || terms == .positionToContent ? more.rows(used) : nil
            positions =
                terms == .none
                ? nil : PositionFactors(table: table, firstRow: used.lowerBound, keys: keys, queries: queries)
            dPositionKeys = keys.map { Matrix(rows: $0.rows, columns: $0.columns) }
            dPositionQueries = queries.map { Matrix(rows: $0.rows, columns: $0.columns) }
            spans = packedSpans(lengths)
            scale = 0.5 / Float(headDim).squareRoot()
        }

        private func part(_ index: Int, of matrix: Matrix) -> Matrix {
            matrix.columns((index * heads.headDim)..<(matrix.columns - (2 - index) * heads.headDim))
        }

        var q: Matrix { part(0, of: mixed) }
        var k: Matrix { part(1, of: mixed) }
        var v: Matrix { part(2, of: mixed) }
        var dq: Matrix { part(0, of: dMixed) }
        var dk: Matrix { part(1, of: dMixed) }
        var dv: Matrix { part(2, of: dMixed) }

        func forward(backend: ProductBackend = .panels) {
            Kernels.disentangledForward(
                q: q, k: k, v: v, heads: heads, positions: positions, spans: spans, scale: scale, into: o,
                backend: backend)
        }

        func backward(backend: ProductBackend = .panels) {
            dPositionKeys?.fill(0)
            dPositionQueries?.fill(0)
            Kernels.disentangledBackward(
                dO: dO, q: q, k: k, v: v, heads: heads, positions: positions, spans: spans, scale: scale, dq: dq,
                dk: dk, dv: dv, dPositionKeys: dPositionKeys, dPositionQueries: dPositionQueries, backend: backend)
        }

        /// Checks every output against the twin.
        func expectFormula() {
            let (table, first) = (table, positions?.firstRow ?? 0)
            var plain = PlainDisentangledAttention(
                q: q, k: k, v: v, heads: heads, positionKeys: positions?.keys, positionQueries: positions?.queries,
                scale: scale, row: { table.row(of: $0) - first })
            for span in spans { plain.run(span.queryStart..<(span.queryStart + span.queryCount), dO: dO.nested) }
            expectClose(o, plain.o, atol: 2e-6, "o")
            // Between a head's columns lie the other two factors: what is compared is each gradient's own columns.
            for head in 0..<heads.count {
                let columns = (head * heads.stride)..<(head * heads.stride + heads.headDim)
                for (ours, theirs, name) in [(dq, plain.dq, "dq"), (dk, plain.dk, "dk"), (dv, plain.dv, "dv")] {
                    expectClose(
                        ours.columns(columns).copied, theirs.map { Array($0[columns]) }, atol: 3e-5, "\(name) \(head)")
                }
            }
            if let dPositionKeys { expectClose(dPositionKeys, plain.dPositionKeys, atol: 1e-4, "dP^k") }
            if let dPositionQueries { expectClose(dPositionQueries, plain.dPositionQueries, atol: 1e-4, "dP^q") }
        }
    }

    @Test("Ragged spans and logarithmic buckets give transformers' values and PyTorch's gradients")
    func agreesWithPyTorch() throws {
        let fixture = try KernelFixture.load("disentangled_attention")
        let (q, k, v) = (try fixture.matrix("q"), try fixture.matrix("k"), try fixture.matrix("v"))
        let lengths = try fixture.integers("lengths")
        let positions = PositionFactors(
            table: RelativePositions(
                buckets: Int(try fixture.scalar("buckets")), maxDistance: Int(try fixture.scalar("maxDistance")),
                length: 24), firstRow: 0, keys: try fixture.matrix("positionKeys"),
            queries: try fixture.matrix("positionQueries"))
        let heads = HeadColumns(count: Int(try fixture.scalar("heads")), headDim: Int(try fixture.scalar("headDim")))
        let scale = Float(try fixture.scalar("scale"))
        let o = Matrix(rows: q.rows, columns: q.columns)
        Kernels.disentangledForward(
            q: q, k: k, v: v, heads: heads, positions: positions, spans: packedSpans(lengths), scale: scale, into: o)
        try fixture.expect(o, equals: "o")
        let (dq, dk, dv) = (q.copied, k.copied, v.copied)
        let dPositionKeys = Matrix(rows: 16, columns: q.columns)
        let dPositionQueries = Matrix(rows: 16, columns: q.columns)
        Kernels.disentangledBackward(
            dO: try fixture.matrix("dO"), q: q, k: k, v: v, heads: heads, positions: positions,
            spans: packedSpans(lengths), scale: scale, dq: dq, dk: dk, dv: dv, dPositionKeys: dPositionKeys,
            dPositionQueries: dPositionQueries)
        try fixture.expect(dq, equals: "dq")
        try fixture.expect(dk, equals: "dk")
        try fixture.expect(dv, equals: "dv")
        try fixture.expect(dPositionKeys, equals: "dPositionKeys")
        try fixture.expect(dPositionQueries, equals: "dPositionQueries")
    }

    @Test(
        "Any shape agrees with the formula, over block borders and past the last bucket too",
        arguments: [
            ([1], 1, 8), ([3, 1, 17], 2, 24), ([33, 5, 70, 2, 9, 4], 3, 16), ([64, 16], 1, 40), ([130], 1, 8),
        ], Terms.allCases)
    func agreesWithFormula(shape: (lengths: [Int], heads: Int, headDim: Int), terms: Terms) {
        for table in [
            RelativePositions(buckets: 8, maxDistance: 64, length: 256), RelativePositions(span: 24, length: 256),
            RelativePositions(span: 256, length: 256),
        ] {
            let test = Case(
                lengths: shape.lengths, heads: shape.heads, headDim: shape.headDim, terms: terms, table: table)
            test.forward()
            test.backward()
            test.expectFormula()
        }
    }

    @Test("Every backend gives the formula's values", arguments: ProductBackend.allCases)
    func backends(backend: ProductBackend) {
        let test = Case(
            lengths: [33, 5, 90], heads: 2, headDim: 24, terms: .both,
            table: RelativePositions(buckets: 16, maxDistance: 64, length: 128))
        test.forward(backend: backend)
        test.backward(backend: backend)
        test.expectFormula()
    }

    @Test("The gradients agree with finite differences")
    func gradients() throws {
        let test = Case(
            lengths: [4, 7], heads: 2, headDim: 8, terms: .both,
            table: RelativePositions(buckets: 4, maxDistance: 16, length: 8))
        test.forward()
        test.backward()
        let loss = {
            test.forward()
            return dot(test.o, test.dO)
        }
        expectGradient(test.dMixed, of: test.mixed, "q, k, v", loss: loss)
        let keys = try #require(test.positions?.keys)
        let queries = try #require(test.positions?.queries)
        expectGradient(try #require(test.dPositionKeys), of: keys, "P^k", loss: loss)
        expectGradient(try #require(test.dPositionQueries), of: queries, "P^q", loss: loss)
    }

    @Test("Neither packing nor the number of threads changes a bit of a sequence's values")
    func packingChangesNothing() {
        let packed = Case(
            lengths: [7, 30, 2], heads: 2, headDim: 16, terms: .both,
            table: RelativePositions(buckets: 8, maxDistance: 64, length: 32))
        packed.forward()
        packed.backward()
        let (o, dMixed) = (packed.o.copied, packed.dMixed.copied)
        for span in packed.spans {
            Kernels.disentangledForward(
                q: packed.q, k: packed.k, v: packed.v, heads: packed.heads, positions: packed.positions, spans: [span],
                scale: packed.scale, into: packed.o)
            Kernels.disentangledBackward(
                dO: packed.dO, q: packed.q, k: packed.k, v: packed.v, heads: packed.heads, positions: packed.positions,
                spans: [span], scale: packed.scale, dq: packed.dq, dk: packed.dk, dv: packed.dv, dPositionKeys: nil,
                dPositionQueries: nil)
        }
        #expect(packed.o.values == o.values)
        #expect(packed.dMixed.values == dMixed.values)
    }

    @Test("bfloat16 factors give what their float32 values give, rounded once")
    func bfloat16() {
        let test = Case(
            lengths: [40, 9], heads: 2, headDim: 16, terms: .both,
            table: RelativePositions(buckets: 8, maxDistance: 64, length: 64))
        let mixed = test.mixed.narrowed
        test.mixed.copy(from: mixed)
        test.forward()
        let rounded = Matrix(rows: test.o.rows, columns: test.o.columns, dtype: .bfloat16)
        let end = mixed.columns
        Kernels.disentangledForward(
            q: mixed.columns(0..<(end - 32)), k: mixed.columns(16..<(end - 16)), v: mixed.columns(32..<end),
            heads: test.heads, positions: test.positions, spans: test.spans, scale: test.scale, into: rounded)
        #expect(rounded.float32.values == test.o.rounded.values)
    }
}

/// Spans of sequences that lie end to end.
private func packedSpans(_ lengths: [Int]) -> [AttentionSpan] {
    var start = 0
    return lengths.map { length in
        defer { start += length }
        return AttentionSpan(queryStart: start, queryCount: length, keyStart: start, keyCount: length)
    }
}
