import Tensors
import Testing

struct RMSNormTests {
    @Test("Forward and backward give PyTorch's values")
    func agreesWithPyTorch() throws {
        let fixture = try KernelFixture.load("rms_norm")
        let x = try fixture.matrix("x")
        let weight = try fixture.matrix("weight")
        let y = Matrix(rows: x.rows, columns: x.columns)
        let inverseRMS = Matrix(rows: x.rows, columns: 1)
        Kernels.rmsNormForward(
            x, weight: weight, epsilon: Float(try fixture.scalar("epsilon")), into: y, inverseRMS: inverseRMS)
        try fixture.expect(y, equals: "y")
        let dx = Matrix(rows: x.rows, columns: x.columns)
        Kernels.rmsNormBackward(
            try fixture.matrix("dy"), x: x, weight: weight, inverseRMS: inverseRMS, into: dx, accumulate: false)
        try fixture.expect(dx, equals: "dx")
    }

    @Test("Any shape, also of views, agrees with the plain loop", arguments: [(0, 16), (1, 1), (5, 17), (40, 576)])
    func agreesWithPlainLoop(rows: Int, columns: Int) {
        var numbers = TestNumbers(seed: 1)
        let x = numbers.strided(rows, columns)
        let weight = numbers.matrix(1, columns)
        let y = numbers.strided(rows, columns)
        let inverseRMS = Matrix(rows: rows, columns: 1)
        Kernels.rmsNormForward(x, weight: weight, epsilon: 1e-5, into: y, inverseRMS: inverseRMS)
        let expected = x.nested.map { row in
            let inverse = 1 / (row.reduce(0) { $0 + $1 * $1 } / Double(columns) + 1e-5).squareRoot()
            return zip(row, weight.nested[0]).map { $0 * inverse * $1 }
        }
        expectClose(y, expected)
    }

    @Test("The gradient agrees with finite differences, and is added where asked")
    func gradient() {
        var numbers = TestNumbers(seed: 2)
        let x = numbers.matrix(2, 9)
        let weight = numbers.matrix(1, 9)
        let dy = numbers.matrix(2, 9)
        let y = Matrix(rows: 2, columns: 9)
        let inverseRMS = Matrix(rows: 2, columns: 1)
        let forward = {
            Kernels.rmsNormForward(x, weight: weight, epsilon: 1e-5, into: y, inverseRMS: inverseRMS)
        }
        forward()
        let dx = Matrix(rows: 2, columns: 9)
        Kernels.rmsNormBackward(dy, x: x, weight: weight, inverseRMS: inverseRMS, into: dx, accumulate: false)
        let twice = dx.copied
        Kernels.rmsNormBackward(dy, x: x, weight: weight, inverseRMS: inverseRMS, into: twice, accumulate: true)
        expectClose(twice.values, dx.values.map { 2 * Double($0) })
        expectGradient(dx, of: x) {
            forward()
            return dot(y, dy)
        }
    }
}
