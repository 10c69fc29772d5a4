import Foundation
import Tensors
import Testing

@Suite(.serialized)
struct ThreadsTests {
    /// Attention's outputs and gradients, and a row-wise kernel's, of fixed inputs.
    private func compute() -> [[Float]] {
        var numbers = TestNumbers(seed: 21)
        let rows = 330
        let (q, k, v) = (numbers.matrix(rows, 64), numbers.matrix(rows, 32), numbers.matrix(rows, 32))
        let (o, dq, dk, dv) = (q.copied, q.copied, k.copied, v.copied)
        let logSumExp = Matrix(rows: rows, columns: 8)
        let spans = [
            AttentionSpan(queryStart: 0, queryCount: 300, keyStart: 0, keyCount: 300),
            AttentionSpan(queryStart: 300, queryCount: 30, keyStart: 300, keyCount: 30),
        ]
        Kernels.attentionForward(
            q: q, k: k, v: v, spans: spans, headDim: 8, scale: 0.5, into: o, logSumExp: logSumExp)
        Kernels.attentionBackward(
            dO: q, q: q, k: k, v: v, o: o, logSumExp: logSumExp, spans: spans, headDim: 8, scale: 0.5, dq: dq, dk: dk,
            dv: dv)
        let h = Matrix(rows: rows, columns: 64)
        Kernels.swiGLUForward(gate: q, up: o, into: h)
        let results = [o.values, dq.values, dk.values, dv.values, h.values]
        return results + DType.allCases.map { oneRow(numbers.matrix(2_001, 200), numbers.matrix(1, 200), $0) }
            + DType.allCases.flatMap { layer(numbers.matrix(rows, 90), numbers.matrix(200, 90), $0) }
            + adapter(q, o) + [scattered(q), scatteredColumns(q)]
    }

    /// A layer's weight forward and backward, whose rows or columns threads share.
    private func layer(_ x: Matrix, _ matrix: Matrix, _ dtype: DType) -> [[Float]] {
        let (y, dx) = (Matrix(rows: x.rows, columns: matrix.rows), Matrix(rows: x.rows, columns: matrix.columns))
        let weight = FrozenWeight(matrix, dtype: dtype, isLayer: true)
        weight.forward(dtype == .float32 ? x : x.narrowed, into: y)
        weight.backward(dtype == .float32 ? y : y.narrowed, into: dx)
        return [y.values, dx.values]
    }

    /// An adapter's products, of which the gradients sum over all rows.
    private func adapter(_ x: Matrix, _ dy: Matrix) -> [[Float]] {
        let (h, dA) = (Matrix(rows: x.rows, columns: 8), Matrix(rows: 8, columns: x.columns))
        multiply(.plain(x), .plain(x.rows(0..<x.columns).columns(0..<8)), into: h)
        multiply(.transposed(h), .plain(x), into: dA)
        let dB = Matrix(rows: dy.columns, columns: 8)
        multiply(.transposed(dy), .plain(h), into: dB)
        return [h.values, dA.values, dB.values]
    }

    /// Rows of x added up in a few rows, each of which many name.
    private func scattered(_ x: Matrix) -> [Float] {
        let sums = Matrix(rows: 150, columns: x.columns)
        Kernels.scatterAddRows(x, rows: (0..<Int32(x.rows)).map { $0 * 7 % 150 }, into: sums)
        return sums.values
    }

    /// Rows of x added up in a few columns.
    private func scatteredColumns(_ x: Matrix) -> [Float] {
        let sums = Matrix(rows: x.columns, columns: 150)
        Kernels.scatterAddColumns(x, columns: (0..<Int32(x.rows)).map { $0 * 7 % 150 }, into: sums)
        let gathered = Matrix(rows: x.rows, columns: x.columns)
        Kernels.gatherColumns(sums, columns: (0..<Int32(x.rows)).map { $0 * 11 % 150 }, into: gathered)
        return sums.values + gathered.values
    }

    /// A product of one row, which threads share by the rows of the weight.
    private func oneRow(_ matrix: Matrix, _ x: Matrix, _ dtype: DType) -> [Float] {
        let y = Matrix(rows: 1, columns: matrix.rows)
        FrozenWeight(matrix, dtype: dtype).forward(dtype == .float32 ? x : x.narrowed, into: y)
        return y.values
    }

    @Test("Attention, row-wise kernels and all products give the same bits on any number of threads")
    func sameBits() {
        let count = Threads.count
        defer { Threads.configure(count) }
        Threads.configure(1)
        let alone = compute()
        for threads in [2, 3, 7] {
            Threads.configure(threads)
            #expect(Threads.count == threads)
            #expect(compute() == alone, "with \(threads) threads")
        }
    }

    @Test("Callers on several threads take turns and disturb nobody's result")
    func concurrentCallers() async {
        let expected = compute()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { self.compute() == expected } }
            for await isEqual in group { #expect(isEqual) }
        }
    }

    @Test("Workers that have fallen asleep wake for the next kernel")
    func wakesAfterSleep() async throws {
        let expected = compute()
        try await Task.sleep(for: .milliseconds(50))
        #expect(compute() == expected)
    }
}
