import Tensors
import Transformers

/// n_o = ‖W_o + s·B_o·A‖ and g = m/n of one projection, computed when A, B or m have changed:
///
///     n_o² = ‖W_o‖² + 2s·B_o·(A·Wᵀ)_o + s²·B_o·(A·Aᵀ)·B_oᵀ
///
/// so that W is read for one product of r rows.
struct DoRANorms {
    /// ‖W_o‖²
    let squaredWeightNorms: [Double]
    /// g, `[1, out]`
    let factors: Matrix
    /// g − 1
    let factorsLessOne: Matrix
    /// 1/n
    let inverses: Matrix
    /// A, B and m that these are of.
    private let known: (a: Matrix, b: Matrix, m: Matrix)
    private var isKnown = false

    init(_ frozen: FrozenProjection, rank: Int) {
        let outputs = frozen.outputs
        squaredWeightNorms = frozen.squaredRowNorms()
        factors = Matrix(rows: 1, columns: outputs)
        factorsLessOne = Matrix(rows: 1, columns: outputs)
        inverses = Matrix(rows: 1, columns: outputs)
        known = (
            Matrix(rows: rank, columns: frozen.inputs), Matrix(rows: outputs, columns: rank),
            Matrix(rows: 1, columns: outputs)
        )
    }

    mutating func update(a: Matrix, b: Matrix, m: Matrix, scaling: Float, _ frozen: FrozenProjection, scratch: Arena) {
        if isKnown, known.m.hasSameBits(as: m), known.b.hasSameBits(as: b), known.a.hasSameBits(as: a) { return }
        let mark = scratch.mark()
        defer { scratch.release(to: mark) }
        let transposed = scratch.matrix(b.columns, b.rows)
        Kernels.transpose(b, into: transposed)
        let products = scratch.matrix(a.rows, b.rows)
        frozen.product(a, into: products, scratch: scratch)
        let linear = dots(products, transposed, scratch)
        let gram = scratch.matrix(a.rows, a.rows)
        multiply(.plain(a), .transposed(a), into: gram, scratch: scratch)
        multiply(.plain(gram), .plain(transposed), into: products, scratch: scratch)
        let quadratic = dots(products, transposed, scratch)
        let s = Double(scaling)
        for output in 0..<b.rows {
            let square =
                squaredWeightNorms[output] + 2 * s * Double(linear[0, output]) + s * s * Double(quadratic[0, output])
            let norm = max(0, square).squareRoot()
            // A row of zeros has no direction, and stays as it is.
            let factor = norm > 0 ? Double(m[0, output]) / norm : 1
            inverses[0, output] = norm > 0 ? Float(1 / norm) : 0
            factors[0, output] = Float(factor)
            factorsLessOne[0, output] = Float(factor - 1)
        }
        known.a.copy(from: a)
        known.b.copy(from: b)
        known.m.copy(from: m)
        isKnown = true
    }

    /// Σ over the rows of x ⊙ y, `[1, n]`.
    private func dots(_ x: Matrix, _ y: Matrix, _ scratch: Arena) -> Matrix {
        let sums = scratch.matrix(1, x.columns)
        sums.fill(0)
        Kernels.addColumnDots(x, y, into: sums)
        return sums
    }
}
