import Tensors
import Testing

struct LayerNormTests {
    @Test("Forward and backward give PyTorch's values")
    func agreesWithPyTorch() throws {
        let fixture = try KernelFixture.load("layer_norm")
        let x = try fixture.matrix("x")
        let weight = try fixture.matrix("weight")
        let y = Matrix(rows: x.rows, columns: x.columns)
        let statistics = Matrix(rows: x.rows, columns: 2)
        Kernels.layerNormForward(
            x, weight: weight, bias: try fixture.matrix("bias"), epsilon: Float(try fixture.scalar("epsilon")), into: y,
            statistics: statistics)
        try fixture.expect(y, equals: "y")
        let dx = Matrix(rows: x.rows, columns: x.columns)
        Kernels.layerNormBackward(
            try fixture.matrix("dy"), x: x, weight: weight, statistics: statistics, into: dx, accumulate: false)
        try fixture.expect(dx, equals: "dx")
    }

    @Test("Any shape, also of views, agrees with the plain loop", arguments: [(0, 16), (1, 1), (5, 17), (40, 576)])
    func agreesWithPlainLoop(rows: Int, columns: Int) {
        var numbers = TestNumbers(seed: 21)
        let x = numbers.strided(rows, columns)
        let (weight, bias) = (numbers.matrix(1, columns), numbers.matrix(1, columns))
        let y = numbers.strided(rows, columns)
        let statistics = Matrix(rows: rows, columns: 2)
        Kernels.layerNormForward(x, weight: weight, bias: bias, epsilon: 1e-5, into: y, statistics: statistics)
        let expected = x.nested.map { row in
            let mean = row.reduce(0, +) / Double(columns)
            let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
            let inverse = 1 / (variance + 1e-5).squareRoot()
            return row.indices.map { (row[$0] - mean) * inverse * weight.nested[0][$0] + bias.nested[0][$0] }
        }
        expectClose(y, expected)
    }

    @Test("Rows far from zero keep their differences")
    func largeMean() {
        let x = Matrix([10_000, 10_001, 10_002, 10_003], rows: 1, columns: 4)
        let (one, zero) = (Matrix([1, 1, 1, 1], rows: 1, columns: 4), Matrix(rows: 1, columns: 4))
        let y = Matrix(rows: 1, columns: 4)
        Kernels.layerNormForward(
            x, weight: one, bias: zero, epsilon: 0, into: y, statistics: Matrix(rows: 1, columns: 2))
        expectClose(y.values, [-1.3416408, -0.4472136, 0.4472136, 1.3416408], atol: 1e-5)
    }

    @Test("The gradient agrees with finite differences, and is added where asked")
    func gradient() {
        var numbers = TestNumbers(seed: 22)
        let x = numbers.matrix(2, 9)
        let (weight, bias) = (numbers.matrix(1, 9), numbers.matrix(1, 9))
        let dy = numbers.matrix(2, 9)
        let y = Matrix(rows: 2, columns: 9)
        let statistics = Matrix(rows: 2, columns: 2)
        let forward = {
            Kernels.layerNormForward(x, weight: weight, bias: bias, epsilon: 1e-5, into: y, statistics: statistics)
        }
        forward()
        let dx = Matrix(rows: 2, columns: 9)
        Kernels.layerNormBackward(dy, x: x, weight: weight, statistics: statistics, into: dx, accumulate: false)
        let twice = dx.copied
        Kernels.layerNormBackward(dy, x: x, weight: weight, statistics: statistics, into: twice, accumulate: true)
        expectClose(twice.values, dx.values.map { 2 * Double($0) })
        expectGradient(dx, of: x) {
            forward()
            return dot(y, dy)
        }
    }
}
