import Tensors
import Testing

/// Normal-looking numbers that are the same in every run: a linear congruential generator of its own per seed.
struct TestNumbers {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    /// Uniform in [-1, 1).
    mutating func next() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) * 0x1p-23 - 1
    }

    mutating func matrix(_ rows: Int, _ columns: Int, scale: Float = 1) -> Matrix {
        Matrix((0..<(rows * columns)).map { _ in next() * scale }, rows: rows, columns: columns)
    }

    /// The same as a view into a wider matrix, so that its rows do not follow one another.
    mutating func strided(_ rows: Int, _ columns: Int) -> Matrix {
        let wide = matrix(rows + 2, columns + 5)
        return wide.rows(1..<(rows + 1)).columns(3..<(columns + 3))
    }
}

extension Matrix {
    /// A copy with memory of its own.
    var copied: Matrix { Matrix(values, rows: rows, columns: columns) }

    /// A copy rounded to bfloat16 and back.
    var rounded: Matrix { narrowed.float32 }

    /// A copy in bfloat16.
    var narrowed: Matrix {
        let copy = Matrix(rows: rows, columns: columns, dtype: .bfloat16)
        copy.copy(from: self)
        return copy
    }

    /// Row after row of rows, for twins written over plain arrays.
    var nested: [[Double]] {
        (0..<rows).map { row in (0..<columns).map { Double(self[row, $0]) } }
    }
}

/// Checks |a − b| ≤ atol + rtol·|b| for every element, and names the worst.
func expectClose(
    _ actual: [Float], _ expected: [Double], rtol: Double = 1e-5, atol: Double = 1e-6,
    _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.count == expected.count else {
        Issue.record("\(what): \(actual.count) values, expected \(expected.count)", sourceLocation: sourceLocation)
        return
    }
    var worst = (excess: 0.0, index: -1)
    for (index, (ours, theirs)) in zip(actual, expected).enumerated() {
        let excess = abs(Double(ours) - theirs) - (atol + rtol * abs(theirs))
        if excess > worst.excess || excess.isNaN { worst = (excess.isNaN ? .infinity : excess, index) }
    }
    guard worst.index >= 0 else { return }
    let (ours, theirs) = (actual[worst.index], expected[worst.index])
    Issue.record(
        "\(what): element \(worst.index) is \(ours), expected \(theirs)", sourceLocation: sourceLocation)
}

func expectClose(
    _ actual: Matrix, _ expected: [[Double]], rtol: Double = 1e-5, atol: Double = 1e-6, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    expectClose(actual.values, expected.flatMap { $0 }, rtol: rtol, atol: atol, what, sourceLocation: sourceLocation)
}
