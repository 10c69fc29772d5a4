import Tensors
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
}
