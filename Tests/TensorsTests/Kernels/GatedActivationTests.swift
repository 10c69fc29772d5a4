import Tensors
import TestSupport
import Testing

struct GatedActivationTests {
    @Test(
        "f(g) ⊙ u is the activation times u, and its gradients are the slopes",
        arguments: ActivationFunction.allCases, [1, 19, 32])
    func formula(function: ActivationFunction, columns: Int) {
        var numbers = TestNumbers(seed: 33)
        let (gate, up, dh) = (numbers.strided(2, columns), numbers.strided(2, columns), numbers.strided(2, columns))
        let (h, plain) = (Matrix(rows: 2, columns: columns), Matrix(rows: 2, columns: columns))
        Kernels.gatedForward(function, gate: gate, up: up, into: h)
        Kernels.activationForward(function, gate, into: plain)
        expectClose(h.values, zip(plain.values, up.values).map { Double($0) * Double($1) }, atol: 2e-6)

        let (dGate, dUp) = (Matrix(rows: 2, columns: columns), Matrix(rows: 2, columns: columns))
        Kernels.gatedBackward(function, dh, gate: gate, up: up, dGate: dGate, dUp: dUp)
        let loss = {
            Kernels.gatedForward(function, gate: gate, up: up, into: h)
            return dot(h, dh)
        }
        if function != .relu { expectGradient(dGate, of: gate, "gate", loss: loss) }
        expectGradient(dUp, of: up, "up", loss: loss)
    }

    @Test("bfloat16 gives the float32 result rounded", arguments: ActivationFunction.allCases)
    func bfloat16(function: ActivationFunction) {
        var numbers = TestNumbers(seed: 34)
        func half(_ x: Matrix) -> Matrix {
            let copy = Matrix(rows: x.rows, columns: x.columns, dtype: .bfloat16)
            copy.copy(from: x)
            return copy
        }
        let (gate, up) = (half(numbers.matrix(3, 37)), half(numbers.matrix(3, 37)))
        let h = Matrix(rows: 3, columns: 37, dtype: .bfloat16)
        Kernels.gatedForward(function, gate: gate, up: up, into: h)
        let exact = Matrix(rows: 3, columns: 37)
        Kernels.gatedForward(function, gate: gate.float32, up: up.float32, into: exact)
        expectClose(h.float32.values, exact.values.map(Double.init), rtol: 0.005, atol: 1e-6)
    }
}
