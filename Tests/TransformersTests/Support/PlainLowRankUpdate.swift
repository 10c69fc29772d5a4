import Tensors
import Transformers

/// y += s·B·(A·x) one element at a time: what a layer hands its adapters shows in the gradients.
final class PlainLowRankUpdate: ProjectionAdapter {
    let hasDropout = false
    let savedCount = 0
    let a: Parameter
    let b: Parameter
    private let scale: Float

    init(_ name: String, a: Matrix, b: Matrix, scale: Float) {
        self.a = Parameter(name: name + ".a", value: a)
        self.b = Parameter(name: name + ".b", value: b)
        self.scale = scale
    }

    func forward(
        _ x: Matrix, product: Matrix?, frozen: FrozenProjection?, into y: Matrix, saved: Matrix, pass: Pass
    ) {
        for row in 0..<x.rows {
            let h = hidden(x, row)
            for output in 0..<y.columns {
                y[row, output] += scale * h.indices.reduce(0) { $0 + h[$1] * b.value[output, $1] }
            }
        }
    }

    func backward(
        _ dy: Matrix, x: Matrix, frozen: FrozenProjection?, saved: Matrix, into dx: Matrix?, pass: Pass
    ) {
        for row in 0..<x.rows {
            let h = hidden(x, row)
            for rank in h.indices {
                let dh = scale * (0..<dy.columns).reduce(0) { $0 + dy[row, $1] * b.value[$1, rank] }
                for output in 0..<dy.columns { b.gradient[output, rank] += scale * dy[row, output] * h[rank] }
                for input in 0..<x.columns {
                    a.gradient[rank, input] += dh * x[row, input]
                    if let dx { dx[row, input] += dh * a.value[rank, input] }
                }
            }
        }
    }

    /// A·x of one row.
    private func hidden(_ x: Matrix, _ row: Int) -> [Float] {
        (0..<a.value.rows).map { rank in
            (0..<x.columns).reduce(0) { $0 + x[row, $1] * a.value[rank, $1] }
        }
    }
}
