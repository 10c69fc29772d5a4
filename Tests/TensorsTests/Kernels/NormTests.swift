import Tensors
import TestSupport
import Testing

/// Both normalisations under one signature; the bias is LayerNorm's alone.
enum NormKernel: String, CaseIterable, Sendable {
    /// Names of their fixtures.
    case layer = "layer_norm"
    case rootMeanSquare = "rms_norm"

    static let epsilon: Float = 1e-5

    /// What backward needs of a row.
    func statistics(_ rows: Int) -> Matrix { Matrix(rows: rows, columns: self == .layer ? 2 : 1) }

    func forward(
        _ x: Matrix, weight: Matrix, bias: Matrix, epsilon: Float = epsilon, into y: Matrix, statistics: Matrix
    ) {
        switch self {
        case .layer:
            Kernels.layerNormForward(x, weight: weight, bias: bias, epsilon: epsilon, into: y, statistics: statistics)
        case .rootMeanSquare:
            Kernels.rmsNormForward(x, weight: weight, epsilon: epsilon, into: y, inverseRMS: statistics)
        }
    }

    func backward(
        _ dy: Matrix, x: Matrix, weight: Matrix, statistics: Matrix, into dx: Matrix, accumulate: Bool = false
    ) {
        switch self {
        case .layer:
            Kernels.layerNormBackward(
                dy, x: x, weight: weight, statistics: statistics, into: dx, accumulate: accumulate)
        case .rootMeanSquare:
            Kernels.rmsNormBackward(dy, x: x, weight: weight, inverseRMS: statistics, into: dx, accumulate: accumulate)
        }
    }

    /// The formula in float64.
    func plain(_ row: [Double], weight: [Double], bias: [Double]) -> [Double] {
        let mean = self == .layer ? row.reduce(0, +) / Double(row.count) : 0
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
        let inverse = 1 / (variance + Double(Self.epsilon)).squareRoot()
        return row.indices.map { (row[$0] - mean) * inverse * weight[$0] + (self == .layer ? bias[$0] : 0) }
    }
}

struct NormTests {
    @Test("Forward and backward give PyTorch's values", arguments: NormKernel.allCases)
    func agreesWithPyTorch(norm: NormKernel) throws {
        let fixture = try KernelFixture.load(norm.rawValue)
        let x = try fixture.matrix("x")
        let weight = try fixture.matrix("weight")
        let bias = norm == .layer ? try fixture.matrix("bias") : weight
        let y = Matrix(rows: x.rows, columns: x.columns)
        let statistics = norm.statistics(x.rows)
        norm.forward(
            x, weight: weight, bias: bias, epsilon: Float(try fixture.scalar("epsilon")), into: y,
            statistics: statistics)
        try fixture.expect(y, equals: "y")
        let dx = Matrix(rows: x.rows, columns: x.columns)
        norm.backward(try fixture.matrix("dy"), x: x, weight: weight, statistics: statistics, into: dx)
        try fixture.expect(dx, equals: "dx")
    }

    @Test(
        "Any shape, also of views, agrees with the plain loop", arguments: NormKernel.allCases,
        [(0, 16), (1, 1), (5, 17), (40, 576)])
    func agreesWithPlainLoop(norm: NormKernel, shape: (rows: Int, columns: Int)) {
        var numbers = TestNumbers(seed: 21)
        let x = numbers.strided(shape.rows, shape.columns)
        let (weight, bias) = (numbers.matrix(1, shape.columns), numbers.matrix(1, shape.columns))
        let y = numbers.strided(shape.rows, shape.columns)
        norm.forward(x, weight: weight, bias: bias, into: y, statistics: norm.statistics(shape.rows))
        expectClose(y, x.nested.map { norm.plain($0, weight: weight.nested[0], bias: bias.nested[0]) })
    }

    @Test("LayerNorm: rows far from zero keep their differences")
    func largeMean() {
        let x = Matrix([10_000, 10_001, 10_002, 10_003], rows: 1, columns: 4)
        let (one, zero) = (Matrix([1, 1, 1, 1], rows: 1, columns: 4), Matrix(rows: 1, columns: 4))
        let y = Matrix(rows: 1, columns: 4)
        NormKernel.layer.forward(
            x, weight: one, bias: zero, epsilon: 0, into: y, statistics: NormKernel.layer.statistics(1))
        expectClose(y.values, [-1.3416408, -0.4472136, 0.4472136, 1.3416408], atol: 1e-5)
    }

    @Test(
        "The gradient agrees with finite differences, and is added where asked", arguments: NormKernel.allCases)
    func gradient(norm: NormKernel) {
        var numbers = TestNumbers(seed: 22)
        let x = numbers.matrix(2, 9)
        let (weight, bias) = (numbers.matrix(1, 9), numbers.matrix(1, 9))
        let dy = numbers.matrix(2, 9)
        let y = Matrix(rows: 2, columns: 9)
        let statistics = norm.statistics(2)
        let forward = { norm.forward(x, weight: weight, bias: bias, into: y, statistics: statistics) }
        forward()
        let dx = Matrix(rows: 2, columns: 9)
        norm.backward(dy, x: x, weight: weight, statistics: statistics, into: dx)
        let twice = dx.copied
        norm.backward(dy, x: x, weight: weight, statistics: statistics, into: twice, accumulate: true)
        expectClose(twice.values, dx.values.map { 2 * Double($0) })
        expectGradient(dx, of: x) {
            forward()
            return dot(y, dy)
        }
    }
}
