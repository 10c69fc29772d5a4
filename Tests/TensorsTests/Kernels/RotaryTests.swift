import Tensors
import TestSupport
import Testing

struct RotaryTests {
    @Test("Rotation by position gives transformers' values")
    func agreesWithTransformers() throws {
        let fixture = try KernelFixture.load("rotary")
        let headDim = Int(try fixture.scalar("headDim"))
        let table = RotaryTable(theta: Float(try fixture.scalar("theta")), headDim: headDim, maxPositions: 131)
        let x = try fixture.matrix("x")
        let positions = try fixture.integers("positions").map { Int32($0) }
        Kernels.rotate(x, into: x, positions: positions, table: table, headDim: headDim, inverse: false)
        try fixture.expect(x, equals: "y")
    }

    @Test("The inverse takes a rotation back, on views of any width", arguments: [(1, 1, 2), (7, 3, 10), (64, 9, 64)])
    func inverse(rows: Int, heads: Int, headDim: Int) {
        var numbers = TestNumbers(seed: 3)
        let x = numbers.strided(rows, heads * headDim)
        let before = x.values
        let table = RotaryTable(theta: 10000, headDim: headDim, maxPositions: 100)
        let positions = (0..<rows).map { Int32($0 * 7 % 100) }
        Kernels.rotate(x, into: x, positions: positions, table: table, headDim: headDim, inverse: false)
        #expect(rows == 1 || x.values != before)
        Kernels.rotate(x, into: x, positions: positions, table: table, headDim: headDim, inverse: true)
        expectClose(x.values, before.map { Double($0) })
    }

    @Test("The inverse is the backward: (R·x)·dy = x·(R⁻¹·dy)")
    func backward() {
        var numbers = TestNumbers(seed: 4)
        let x = numbers.matrix(5, 16)
        let dy = numbers.matrix(5, 16)
        let y = x.copied
        let dx = dy.copied
        let table = RotaryTable(theta: 10000, headDim: 8, maxPositions: 9)
        Kernels.rotate(y, into: y, positions: [0, 8, 3, 3, 1], table: table, headDim: 8, inverse: false)
        Kernels.rotate(dx, into: dx, positions: [0, 8, 3, 3, 1], table: table, headDim: 8, inverse: true)
        expectGradient(dx, of: x) {
            y.copy(from: x)
            Kernels.rotate(y, into: y, positions: [0, 8, 3, 3, 1], table: table, headDim: 8, inverse: false)
            return dot(y, dy)
        }
    }

    @Test("A part of each head is rotated and the rest kept; the inverse is the backward, scaled as forward is")
    func partial() {
        var numbers = TestNumbers(seed: 5)
        let x = numbers.strided(5, 20)
        let dy = numbers.strided(5, 20)
        let frequencies = RotaryTable.frequencies(theta: 100, dimensions: 6)
        let table = RotaryTable([(frequencies, 3), (frequencies.map { $0 / 2 }, 9)], scale: 1.3)
        let rows: [Int32] = [0, 2, 3, 11, 5]
        let y = numbers.strided(5, 20)
        let rotate = { Kernels.rotate(x, into: y, positions: rows, table: table, headDim: 10, inverse: false) }
        rotate()
        for row in 0..<5 {
            for column in [6, 7, 8, 9, 16, 17, 18, 19] { #expect(y[row, column] == x[row, column]) }
        }
        // Row 4 of the second table at half the frequencies is row 2 of the first.
        let (first, again) = (y.rows(1..<2).copied, Matrix(rows: 1, columns: 20))
        Kernels.rotate(x.rows(1..<2), into: again, positions: [7], table: table, headDim: 10, inverse: false)
        expectClose(again.values, first.values.map(Double.init), atol: 1e-6)
        let dx = dy.copied
        Kernels.rotate(dx, into: dx, positions: rows, table: table, headDim: 10, inverse: true)
        expectGradient(dx, of: x) {
            rotate()
            return dot(y, dy)
        }
    }
}
