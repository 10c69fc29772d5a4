import Tensors
import Testing

struct AdamWTests {
    @Test("Three steps give PyTorch's parameters and moments")
    func agreesWithPyTorch() throws {
        let fixture = try KernelFixture.load("adamw")
        let parameter = try fixture.matrix("initial")
        let m = Matrix(rows: parameter.rows, columns: parameter.columns)
        let v = Matrix(rows: parameter.rows, columns: parameter.columns)
        for step in 1...3 {
            Kernels.adamW(
                parameter: parameter, gradient: try fixture.matrix("gradient\(step)"), m: m, v: v,
                learningRate: try fixture.scalar("learningRate"), beta1: try fixture.scalar("beta1"),
                beta2: try fixture.scalar("beta2"), epsilon: try fixture.scalar("epsilon"),
                weightDecay: try fixture.scalar("weightDecay"), step: step)
            try fixture.expect(parameter, equals: "parameter\(step)")
        }
        try fixture.expect(m, equals: "m")
        try fixture.expect(v, equals: "v")
    }

    @Test("Without a gradient only the decay moves a parameter")
    func decayAlone() {
        let parameter = Matrix([Float](repeating: 2, count: 37), rows: 1, columns: 37)
        let zero = Matrix(rows: 1, columns: 37)
        Kernels.adamW(
            parameter: parameter, gradient: zero, m: Matrix(rows: 1, columns: 37), v: Matrix(rows: 1, columns: 37),
            learningRate: 0.5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.5, step: 1)
        #expect(parameter.values == [Float](repeating: 1.5, count: 37))
    }

    @Test("A large parameter, shared among threads, moves as its parts do alone")
    func threadsAgree() {
        var numbers = TestNumbers(seed: 11)
        let (parameter, gradient) = (numbers.matrix(40, 577), numbers.matrix(40, 577))
        let (m, v) = (numbers.matrix(40, 577), Matrix(rows: 40, columns: 577))
        let alone = (parameter.copied, m.copied, v.copied)
        let step = { (parameter: Matrix, gradient: Matrix, m: Matrix, v: Matrix) in
            Kernels.adamW(
                parameter: parameter, gradient: gradient, m: m, v: v, learningRate: 1e-3, beta1: 0.9, beta2: 0.999,
                epsilon: 1e-8, weightDecay: 0.01, step: 7)
        }
        step(parameter, gradient, m, v)
        for row in 0..<40 {
            let range = row..<(row + 1)
            step(alone.0.rows(range), gradient.rows(range), alone.1.rows(range), alone.2.rows(range))
        }
        #expect(parameter.values == alone.0.values)
        #expect(v.values == alone.2.values)
    }
}
