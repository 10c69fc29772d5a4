import Tensors
import Testing

struct PanelProductTests {
    private struct Case {
        let x, w, y, add: Matrix
        let expected: [[Double]]

        /// y `[rows, n]` = add + x·w of numbers that bfloat16 holds, in views of wider matrices.
        init(rows: Int, k: Int, n: Int, transposed: Bool) {
            var numbers = TestNumbers(seed: UInt64(rows + 7 * k + 31 * n))
            let x = numbers.strided(rows, k).rounded
            let w = (transposed ? numbers.strided(n, k) : numbers.strided(k, n)).rounded
            add = numbers.strided(rows, n)
            y = numbers.strided(rows, n)
            let (left, right) = (x.nested, w.nested)
            expected = left.map { row in
                (0..<n).map { column in
                    var sum = 0.0
                    for i in 0..<k { sum += row[i] * (transposed ? right[column][i] : right[i][column]) }
                    return sum
                }
            }
            (self.x, self.w) = (x, w)
        }
    }

    private static let shapes: [(rows: Int, k: Int, n: Int)] = [
        (1, 1, 1), (2, 3, 5), (12, 16, 32), (13, 17, 33), (25, 64, 96), (3, 1537, 40), (30, 3100, 31), (7, 33, 64),
    ]

    @Test("float32 agrees with the formula, with either layout of the weight", arguments: shapes, [true, false])
    func float32(shape: (rows: Int, k: Int, n: Int), transposed: Bool) {
        let test = Case(rows: shape.rows, k: shape.k, n: shape.n, transposed: transposed)
        PanelProduct.run(test.x, test.w, transposed: transposed, adding: nil, into: test.y)
        expectClose(test.y, test.expected, rtol: 1e-5, atol: 1e-5)
        PanelProduct.run(test.x, test.w, transposed: transposed, adding: test.add, into: test.y)
        expectClose(test.y, sum(test.expected, test.add), rtol: 1e-5, atol: 1e-5)
    }

    @Test("bfloat16 operands are multiplied exactly and summed in float32", arguments: shapes, [true, false])
    func bfloat16(shape: (rows: Int, k: Int, n: Int), transposed: Bool) {
        let test = Case(rows: shape.rows, k: shape.k, n: shape.n, transposed: transposed)
        let (x, w) = (test.x.narrowed, test.w.narrowed)
        PanelProduct.run(x, w, transposed: transposed, adding: test.add, into: test.y)
        expectClose(test.y, sum(test.expected, test.add), rtol: 2e-5, atol: 2e-5)
        let half = Matrix(rows: shape.rows, columns: shape.n, dtype: .bfloat16)
        PanelProduct.run(x, w, transposed: transposed, adding: nil, into: half)
        expectClose(half.values, test.expected.flatMap { $0 }, rtol: 4e-3, atol: 1e-4)
    }

    @Test("Every backend agrees with this machine's best", arguments: shapes, DType.allCases)
    func backends(shape: (rows: Int, k: Int, n: Int), dtype: DType) {
        for backend in ProductBackend.allCases {
            for transposed in [true, false] {
                let test = Case(rows: shape.rows, k: shape.k, n: shape.n, transposed: transposed)
                let (x, w) = dtype == .float32 ? (test.x, test.w) : (test.x.narrowed, test.w.narrowed)
                let other = test.add.copied
                PanelProduct.run(x, w, transposed: transposed, adding: test.add, into: test.y)
                PanelProduct.run(x, w, transposed: transposed, adding: other, into: other, backend: backend)
                expectClose(other.values, test.y.values.map(Double.init), rtol: 2e-5, atol: 2e-5)
                PanelProduct.run(x, w, transposed: transposed, adding: nil, into: other, backend: backend)
                PanelProduct.run(x, w, transposed: transposed, adding: nil, into: test.y)
                expectClose(other.values, test.y.values.map(Double.init), rtol: 2e-5, atol: 2e-5)
            }
        }
    }

    @Test("A row's result does not depend on the rows beside it", arguments: [DType.float32, .bfloat16])
    func rowsAreIndependent(dtype: DType) {
        let test = Case(rows: 29, k: 70, n: 45, transposed: true)
        let (x, w) = dtype == .float32 ? (test.x, test.w) : (test.x.narrowed, test.w.narrowed)
        PanelProduct.run(x, w, transposed: true, adding: nil, into: test.y)
        for row in 0..<29 {
            let alone = Matrix(rows: 1, columns: 45)
            PanelProduct.run(x.rows(row..<(row + 1)), w, transposed: true, adding: nil, into: alone)
            #expect(alone.values == test.y.rows(row..<(row + 1)).values)
        }
    }

    @Test(
        "A bfloat16 weight beside float32 rows gives the bits of the widened weight", arguments: shapes, [true, false])
    func widened(shape: (rows: Int, k: Int, n: Int), transposed: Bool) {
        let test = Case(rows: shape.rows, k: shape.k, n: shape.n, transposed: transposed)
        // A row of an odd number of bfloat16 does not start at a word.
        let stored = Matrix(rows: test.w.rows, columns: test.w.columns + 3, dtype: .bfloat16)
            .columns(1..<(test.w.columns + 1))
        stored.copy(from: test.w)
        for backend in ProductBackend.allCases {
            let wide = test.y.copied
            PanelProduct.run(
                test.x, stored, transposed: transposed, adding: test.add, into: test.y, backend: backend)
            PanelProduct.run(test.x, test.w, transposed: transposed, adding: test.add, into: wide, backend: backend)
            expectClose(test.y, sum(test.expected, test.add), rtol: 1e-5, atol: 1e-5)
            #expect(test.y.values == wide.values)
        }
    }

    private func sum(_ values: [[Double]], _ add: Matrix) -> [[Double]] {
        zip(values, add.nested).map { zip($0, $1).map(+) }
    }
}
