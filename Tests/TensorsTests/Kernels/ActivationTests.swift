import Tensors
import TestSupport
import Testing

struct ActivationTests {
    @Test("Forward and backward give PyTorch's values", arguments: ActivationFunction.allCases)
    func agreesWithPyTorch(function: ActivationFunction) throws {
        let fixture = try KernelFixture.load("activations")
        let x = try fixture.matrix("x")
        let result = Matrix(rows: x.rows, columns: x.columns)
        Kernels.activationForward(function, x, into: result)
        try fixture.expect(result, equals: "\(function).y")
        Kernels.activationBackward(function, try fixture.matrix("dy"), x: x, into: result)
        try fixture.expect(result, equals: "\(function).dx")
    }

    @Test("The gradient agrees with finite differences", arguments: ActivationFunction.allCases)
    func gradient(function: ActivationFunction) {
        var numbers = TestNumbers(seed: 23)
        let x = numbers.matrix(2, 19, scale: 3)
        let dy = numbers.matrix(2, 19)
        let y = Matrix(rows: 2, columns: 19)
        let dx = Matrix(rows: 2, columns: 19)
        Kernels.activationBackward(function, dy, x: x, into: dx)
        expectGradient(dx, of: x) {
            Kernels.activationForward(function, x, into: y)
            return dot(y, dy)
        }
    }

    @Test("Inputs far from zero neither overflow nor become NaN", arguments: ActivationFunction.allCases)
    func extremes(function: ActivationFunction) {
        let x = Matrix([-1e15, -200, 200, 1e15], rows: 1, columns: 4)
        let y = Matrix(rows: 1, columns: 4)
        Kernels.activationForward(function, x, into: y)
        expectClose(y.values, function == .tanh ? [-1, -1, 1, 1] : [0, 0, 200, 1e15], atol: 1e-6)
        let dx = Matrix(rows: 1, columns: 4)
        Kernels.activationBackward(function, Matrix([1, 1, 1, 1], rows: 1, columns: 4), x: x, into: dx)
        expectClose(dx.values, function == .tanh ? [0, 0, 0, 0] : [0, 0, 1, 1], atol: 1e-6)
    }

    @Test("bfloat16 gives the float32 result rounded", arguments: ActivationFunction.allCases)
    func bfloat16(function: ActivationFunction) {
        var numbers = TestNumbers(seed: 24)
        let x = numbers.matrix(3, 37)
        let half = Matrix(rows: 3, columns: 37, dtype: .bfloat16)
        half.copy(from: x)
        let y = Matrix(rows: 3, columns: 37, dtype: .bfloat16)
        Kernels.activationForward(function, half, into: y)
        let exact = Matrix(rows: 3, columns: 37)
        Kernels.activationForward(function, half.float32, into: exact)
        expectClose(y.float32.values, exact.values.map(Double.init), rtol: 0.005, atol: 1e-6)
    }
}
