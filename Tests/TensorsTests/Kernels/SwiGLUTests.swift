import Foundation
import Tensors
import TestSupport
import Testing

struct SwiGLUTests {
    @Test("Forward and backward give PyTorch's values")
    func agreesWithPyTorch() throws {
        let fixture = try KernelFixture.load("swiglu")
        let gate = try fixture.matrix("gate")
        let up = try fixture.matrix("up")
        let outputs = (0..<3).map { _ in Matrix(rows: gate.rows, columns: gate.columns) }
        Kernels.swiGLUForward(gate: gate, up: up, into: outputs[0])
        try fixture.expect(outputs[0], equals: "h")
        Kernels.swiGLUBackward(
            try fixture.matrix("dh"), gate: gate, up: up, dGate: outputs[1], dUp: outputs[2])
        try fixture.expect(outputs[1], equals: "dGate")
        try fixture.expect(outputs[2], equals: "dUp")
    }

    @Test("Any shape, also of views, agrees with the plain loop", arguments: [(0, 5), (1, 1), (3, 47), (30, 1536)])
    func agreesWithPlainLoop(rows: Int, columns: Int) {
        var numbers = TestNumbers(seed: 5)
        let gate = numbers.strided(rows, columns)
        let up = numbers.strided(rows, columns)
        let h = numbers.strided(rows, columns)
        Kernels.scale(gate, by: 20)
        Kernels.swiGLUForward(gate: gate, up: up, into: h)
        let expected = zip(gate.values, up.values).map { gate, up in
            Double(gate) / (1 + exp(-Double(gate))) * Double(up)
        }
        expectClose(h.values, expected, rtol: 1e-6, atol: 1e-30)
    }

    @Test("Gates far from zero neither overflow nor become NaN")
    func extremes() {
        let gate = Matrix([-1e30, -200, 200, 1e30], rows: 1, columns: 4)
        let up = Matrix([1, 1, 1, 1], rows: 1, columns: 4)
        let h = Matrix(rows: 1, columns: 4)
        Kernels.swiGLUForward(gate: gate, up: up, into: h)
        expectClose(h.values, [0, 0, 200, 1e30], atol: 1e-6)
    }

    @Test("The gradients agree with finite differences")
    func gradients() {
        var numbers = TestNumbers(seed: 6)
        let gate = numbers.matrix(2, 19, scale: 3)
        let up = numbers.matrix(2, 19)
        let dh = numbers.matrix(2, 19)
        let h = Matrix(rows: 2, columns: 19)
        let dGate = Matrix(rows: 2, columns: 19)
        let dUp = Matrix(rows: 2, columns: 19)
        Kernels.swiGLUBackward(dh, gate: gate, up: up, dGate: dGate, dUp: dUp)
        let loss = {
            Kernels.swiGLUForward(gate: gate, up: up, into: h)
            return dot(h, dh)
        }
        expectGradient(dGate, of: gate, "gate", loss: loss)
        expectGradient(dUp, of: up, "up", loss: loss)
    }
}
