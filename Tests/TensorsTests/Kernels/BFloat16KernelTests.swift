import Tensors
import Testing

/// Kernels in bfloat16 against the same kernels in float32 on numbers that bfloat16 holds: what is left is the rounding
/// of the result, at most one part in 256.
struct BFloat16KernelTests {
    @Test("Rounding is to the nearest, ties to even; infinities and NaN stay what they are")
    func rounding() {
        let x = Matrix([1, 1.001953125, 1.00390625, 1.01171875, -3.4e38, .infinity, .nan, 0], rows: 1, columns: 8)
        let values = x.rounded.values
        #expect(Array(values[0..<4]) == [1, 1, 1, 1.015625])
        #expect(values[4] == -.infinity && values[5] == .infinity && values[6].isNaN && values[7] == 0)
    }

    @Test("RMSNorm, SwiGLU and its backward are float32's rounded", arguments: [1, 16, 45])
    func elementwise(columns: Int) {
        var numbers = TestNumbers(seed: 21)
        let (x, weight) = (numbers.strided(5, columns), numbers.matrix(1, columns))
        let (exact, half) = (Matrix(rows: 5, columns: columns), empty(5, columns))
        let inverse = Matrix(rows: 5, columns: 1)
        Kernels.rmsNormForward(x, weight: weight, epsilon: 1e-5, into: exact, inverseRMS: inverse)
        Kernels.rmsNormForward(x, weight: weight, epsilon: 1e-5, into: half, inverseRMS: inverse)
        expectClose(half.values, exact.values.map(Double.init), rtol: 4e-3)

        let (gate, up, dh) = (x.rounded, numbers.matrix(5, columns).rounded, numbers.matrix(5, columns).rounded)
        Kernels.swiGLUForward(gate: gate, up: up, into: exact)
        Kernels.swiGLUForward(gate: gate.narrowed, up: up.narrowed, into: half)
        #expect(half.values == exact.rounded.values)
        let (dGate, dUp) = (exact.copied, exact.copied)
        let (halfDGate, halfDUp) = (empty(5, columns), empty(5, columns))
        Kernels.swiGLUBackward(dh, gate: gate, up: up, dGate: dGate, dUp: dUp)
        Kernels.swiGLUBackward(
            dh.narrowed, gate: gate.narrowed, up: up.narrowed, dGate: halfDGate, dUp: halfDUp)
        #expect(halfDGate.values == dGate.rounded.values)
        #expect(halfDUp.values == dUp.rounded.values)
    }

    @Test("A rotation into bfloat16 is float32's rounded")
    func rotation() {
        var numbers = TestNumbers(seed: 22)
        let x = numbers.strided(3, 40)
        let (exact, half) = (Matrix(rows: 3, columns: 40), empty(3, 40))
        let table = RotaryTable(theta: 1e4, headDim: 40, maxPositions: 9)
        for y in [exact, half] {
            Kernels.rotate(x, into: y, positions: [0, 8, 3], table: table, headDim: 40, inverse: false)
        }
        #expect(half.values == exact.rounded.values)
    }

    @Test("Dropout keeps the same elements in either dtype")
    func dropout() {
        var numbers = TestNumbers(seed: 23)
        let x = numbers.matrix(3, 50).rounded
        let (exact, half) = (Matrix(rows: 3, columns: 50), empty(3, 50))
        let random = Philox(seed: 5, streamNumber: 2)
        Kernels.dropout(x, into: exact, probability: 0.5, random: random, step: 1, firstPosition: 3)
        Kernels.dropout(x.narrowed, into: half, probability: 0.5, random: random, step: 1, firstPosition: 3)
        #expect(half.values == exact.values)
    }

    @Test("The adapter's products read and write bfloat16", arguments: [1, 8, 20], [1, 9, 100])
    func lowRank(rank: Int, rows: Int) {
        for columns in [40, 150] { lowRank(rank: rank, rows: rows, columns: columns) }
    }

    private func lowRank(rank: Int, rows: Int, columns: Int) {
        var numbers = TestNumbers(seed: 24)
        let (x, a) = (numbers.matrix(rows, columns).rounded, numbers.matrix(rank, columns))
        let b = numbers.matrix(70, rank)
        let (exact, half) = (Matrix(rows: rows, columns: rank), Matrix(rows: rows, columns: rank))
        multiply(.plain(x), .transposed(a), into: exact)
        multiply(.plain(x.narrowed), .transposed(a), into: half)
        expectClose(half.values, exact.values.map(Double.init), atol: 1e-5)
        let y = numbers.matrix(rows, 70).rounded
        let halfY = y.narrowed
        multiply(.plain(exact), .transposed(b), into: y, scale: 2, accumulate: true)
        multiply(.plain(exact), .transposed(b), into: halfY, scale: 2, accumulate: true)
        #expect(halfY.values == y.rounded.values)
        let (gradient, halfGradient) = (Matrix(rows: rank, columns: columns), Matrix(rows: rank, columns: columns))
        multiply(.transposed(exact), .plain(x), into: gradient)
        multiply(.transposed(exact), .plain(x.narrowed), into: halfGradient)
        expectClose(halfGradient.values, gradient.values.map(Double.init), atol: 1e-4)
        let (turned, halfTurned) = (Matrix(rows: columns, columns: rank), Matrix(rows: columns, columns: rank))
        multiply(.transposed(x), .plain(exact), into: turned)
        multiply(.transposed(x.narrowed), .plain(exact), into: halfTurned)
        expectClose(halfTurned.values, turned.values.map(Double.init), atol: 1e-4)
    }

    @Test(
        "Attention and its backward agree with the formula within bfloat16's rounding",
        arguments: [([1], 1, 1, 8), ([33, 5, 2], 6, 2, 24), ([130], 3, 1, 64), ([530], 2, 1, 8)],
        ProductBackend.allCases)
    func attention(shape: (lengths: [Int], heads: Int, groups: Int, headDim: Int), backend: ProductBackend) {
        let (lengths, heads, groups, headDim) = shape
        var numbers = TestNumbers(seed: 25)
        let total = lengths.reduce(0, +)
        let (q, dO) = (numbers.matrix(total, heads * headDim).rounded, numbers.matrix(total, heads * headDim).rounded)
        let (k, v) = (numbers.matrix(total, groups * headDim).rounded, numbers.matrix(total, groups * headDim).rounded)
        var start = 0
        let spans = lengths.map { length in
            defer { start += length }
            return AttentionSpan(queryStart: start, queryCount: length, keyStart: start, keyCount: length)
        }
        let scale = 1 / Float(headDim).squareRoot()
        let (o, logSumExp) = (empty(total, q.columns), Matrix(rows: total, columns: heads))
        let (dq, dk, dv) = (q.copied, k.copied, v.copied)
        Kernels.attentionForward(
            q: q.narrowed, k: k.narrowed, v: v.narrowed, spans: spans, headDim: headDim, scale: scale, into: o,
            logSumExp: logSumExp, backend: backend)
        Kernels.attentionBackward(
            dO: dO.narrowed, q: q.narrowed, k: k.narrowed, v: v.narrowed, o: o, logSumExp: logSumExp, spans: spans,
            headDim: headDim, scale: scale, dq: dq, dk: dk, dv: dv, backend: backend)
        var plain = PlainAttention(q: q, k: k, v: v, headDim: headDim, scale: scale)
        for span in spans { plain.run(span, dO: dO.nested) }
        expectClose(logSumExp, plain.logSumExp, atol: 1e-4, "logSumExp")
        expectClose(o, plain.o, rtol: 1e-2, atol: 4e-3, "o")
        expectClose(dq, plain.dq, rtol: 1e-2, atol: 1e-2, "dq")
        expectClose(dk, plain.dk, rtol: 1e-2, atol: 2e-2, "dk")
        expectClose(dv, plain.dv, rtol: 1e-2, atol: 2e-2, "dv")
    }

    private func empty(_ rows: Int, _ columns: Int) -> Matrix {
        Matrix(rows: rows, columns: columns, dtype: .bfloat16)
    }
}
