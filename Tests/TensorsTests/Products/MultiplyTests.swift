import Tensors
import Testing

/// A product of m × k by k × n.
struct ProductShape: CustomTestStringConvertible {
    let m, k, n: Int
    var testDescription: String { "\(m) × \(k) × \(n)" }

    init(_ m: Int, _ k: Int, _ n: Int) { (self.m, self.k, self.n) = (m, k, n) }

    /// Ranks as the small dimension in each place, ragged sizes, single rows, and shapes for OpenBLAS.
    static let all = [
        ProductShape(1, 1, 1), ProductShape(0, 3, 4), ProductShape(3, 4, 0), ProductShape(37, 100, 8),
        ProductShape(37, 100, 7), ProductShape(5, 65, 64), ProductShape(41, 8, 100), ProductShape(3, 1, 33),
        ProductShape(9, 64, 70), ProductShape(8, 41, 100), ProductShape(7, 5, 33), ProductShape(100, 41, 8),
        ProductShape(70, 130, 90), ProductShape(300, 70, 65), ProductShape(65, 70, 300), ProductShape(1, 576, 192),
        ProductShape(64, 64, 64), ProductShape(17, 1000, 16),
        // Ranks that are no multiple of eight, sums over nothing, and sums so long that threads share them.
        ProductShape(38, 130, 11), ProductShape(4, 0, 5), ProductShape(100, 0, 8), ProductShape(8, 300, 100),
        ProductShape(100, 1030, 9),
    ]
}

struct MultiplyTests {
    private func product(_ a: [[Double]], _ b: [[Double]], columns: Int) -> [[Double]] {
        a.map { row in (0..<columns).map { column in zip(row, b).reduce(0) { $0 + $1.0 * $1.1[column] } } }
    }

    private func transposed(_ matrix: Matrix) -> Matrix {
        let result = Matrix(rows: matrix.columns, columns: matrix.rows)
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns { result[column, row] = matrix[row, column] }
        }
        return result
    }

    @Test("All orientations agree with the plain loop, assigned and accumulated", arguments: ProductShape.all)
    func agreesWithPlainLoop(shape: ProductShape) {
        var numbers = TestNumbers(seed: 15)
        let a = numbers.strided(shape.m, shape.k)
        let b = numbers.strided(shape.k, shape.n)
        let expected = product(a.nested, b.nested, columns: shape.n)
        let tolerance = 3e-7 * Double(max(shape.k, 1))
        for (left, leftName) in [(Operand.plain(a), "a"), (.transposed(transposed(a)), "aᵀ")] {
            for (right, rightName) in [(Operand.plain(b), "b"), (.transposed(transposed(b)), "bᵀ")] {
                let c = numbers.strided(shape.m, shape.n)
                multiply(left, right, into: c, scale: 0.5)
                let half = expected.map { $0.map { $0 * 0.5 } }
                expectClose(c, half, atol: tolerance, "\(leftName)·\(rightName)")
                multiply(left, right, into: c, scale: 2, accumulate: true)
                let sum = expected.map { $0.map { $0 * 2.5 } }
                expectClose(c, sum, atol: 5 * tolerance, "+= \(leftName)·\(rightName)")
            }
        }
    }

    /// bfloat16 as rows come from a layer, and as their gradients do: an adapter of a high rank multiplies with both.
    @Test("A factor of bfloat16 gives what its widened copy gives, whatever the shape", arguments: ProductShape.all)
    func widensWhatOpenBLASDoesNotTake(shape: ProductShape) {
        var numbers = TestNumbers(seed: 17)
        let a = Matrix(rows: shape.m, columns: shape.k, dtype: .bfloat16)
        Kernels.convert(numbers.matrix(shape.m, shape.k), into: a)
        let wide = Matrix(rows: shape.m, columns: shape.k)
        Kernels.convert(a, into: wide)
        let b = numbers.matrix(shape.k, shape.n)
        let scratch = Arena(reservingBytes: 1 << 20)
        let c = Matrix(rows: shape.m, columns: shape.n)
        multiply(.plain(a), .plain(b), into: c, scratch: scratch)
        let tolerance = 3e-7 * Double(max(shape.k, 1))
        expectClose(c, product(wide.nested, b.nested, columns: shape.n), atol: tolerance, "a·b")
        // A gradient of B: aᵀ · h, with as many rows in h as in a.
        let h = numbers.matrix(shape.m, shape.n)
        let gradient = Matrix(rows: shape.k, columns: shape.n)
        multiply(.transposed(a), .plain(h), into: gradient, scratch: scratch)
        let transposedWide = transposed(wide)
        expectClose(
            gradient, product(transposedWide.nested, h.nested, columns: shape.n),
            atol: 3e-7 * Double(max(shape.m, 1)), "aᵀ·h")
    }

    @Test("Elements around a result's view stay as they were", arguments: ProductShape.all)
    func touchesNothingElse(shape: ProductShape) {
        var numbers = TestNumbers(seed: 16)
        let a = numbers.matrix(shape.m, shape.k)
        let b = numbers.matrix(shape.k, shape.n)
        let whole = Matrix(rows: shape.m + 2, columns: shape.n + 2)
        whole.fill(7)
        multiply(.plain(a), .plain(b), into: whole.rows(1..<(shape.m + 1)).columns(1..<(shape.n + 1)))
        let border =
            whole.rows(0..<1).values + whole.rows((shape.m + 1)..<(shape.m + 2)).values
            + whole.columns(0..<1).values + whole.columns((shape.n + 1)..<(shape.n + 2)).values
        #expect(border.allSatisfy { $0 == 7 })
    }

    @Test("An assigned product does not read what was there, be it NaN", arguments: ProductShape.all)
    func ignoresOldValues(shape: ProductShape) {
        var numbers = TestNumbers(seed: 17)
        let c = Matrix(rows: shape.m, columns: shape.n)
        c.fill(.nan)
        multiply(.plain(numbers.matrix(shape.m, shape.k)), .plain(numbers.matrix(shape.k, shape.n)), into: c)
        #expect(c.values.allSatisfy { $0.isFinite })
    }

    @Test("The same product twice gives the same bits")
    func deterministic() {
        var numbers = TestNumbers(seed: 18)
        let (a, b) = (numbers.matrix(129, 257), numbers.matrix(257, 93))
        let results = (0..<3).map { _ in
            let c = Matrix(rows: 129, columns: 93)
            multiply(.plain(a), .plain(b), into: c)
            return c.values
        }
        #expect(results[0] == results[1] && results[1] == results[2])
    }
}
