import Tensors

/// Ways to fill a pair A `[r, in]`, B `[out, r]` of scaling 1 with what several pairs come to.
enum ComposedPair {
    /// A of all above, B of all beside each other: exactly Σ weight · scaling · B·A. What is left of the rank stays zero.
    static func placeSideBySide(_ shares: [Composition.Share], into target: LowRankPair) {
        var first = 0
        for share in shares {
            let rows = first..<(first + share.pair.a.rows)
            let weighted = share.pair.a.values.map { $0 * Float(share.weight) * share.pair.scaling }
            target.a.rows(rows).copy(from: Matrix(weighted, rows: rows.count, columns: target.a.columns))
            target.b.columns(rows).copy(from: share.pair.b)
            first = rows.upperBound
        }
    }

    /// The largest singular directions of Σ weight · scaling · B·A.
    ///
    /// The sum has no more directions than all ranks together, so that of the stacked factors' QR decompositions only the
    /// product of two small R is taken apart, however large the projection is.
    ///
    /// - Throws: `AdaptersError.notFinite`.
    static func setSum(of shares: [Composition.Share], into target: LowRankPair) throws {
        let rank = shares.reduce(0) { $0 + $1.pair.a.rows }
        let (inputs, outputs) = (target.a.columns, target.b.rows)
        let all = LowRankPair(
            a: Matrix(rows: rank, columns: inputs), b: Matrix(rows: outputs, columns: rank), scaling: 1)
        placeSideBySide(shares, into: all)
        guard rank <= min(inputs, outputs) else {
            return try setLargestDirections(of: all.scaledProduct(), into: target)
        }
        let transposed = Matrix(rows: inputs, columns: rank)
        Kernels.transpose(all.a, into: transposed)
        guard let left = Factorisation.orthogonal(all.b, count: rank),
            let right = Factorisation.orthogonal(transposed, count: rank)
        else { throw notFinite }
        let core = Matrix(rows: rank, columns: rank)
        multiply(.plain(left.r), .transposed(right.r), into: core)
        let inner = LowRankPair(
            a: Matrix(rows: target.a.rows, columns: rank), b: Matrix(rows: rank, columns: target.a.rows), scaling: 1)
        try setLargestDirections(of: core, into: inner)
        multiply(.plain(left.q), .plain(inner.b), into: target.b)
        multiply(.plain(inner.a), .transposed(right.q), into: target.a)
    }

    /// B = U·S and A = Vᵀ of the largest singular values of a matrix; zero beyond those that it has.
    ///
    /// - Throws: `AdaptersError.notFinite`.
    static func setLargestDirections(of update: Matrix, into target: LowRankPair) throws {
        let count = min(target.a.rows, update.rows, update.columns)
        guard let found = Factorisation.singular(update, count: count) else { throw notFinite }
        let scaled = found.left.values.enumerated().map { $1 * Float(found.values[$0 % count]) }
        target.b.columns(0..<count).copy(from: Matrix(scaled, rows: update.rows, columns: count))
        target.a.rows(0..<count).copy(from: found.right)
    }

    private static var notFinite: AdaptersError {
        AdaptersError(.notFinite, "The composed update holds NaN or infinity.", advice: "Lower the weights.")
    }
}

extension LowRankPair {
    /// scaling · B·A `[out, in]`.
    func scaledProduct() -> Matrix {
        let update = Matrix(rows: b.rows, columns: a.columns)
        multiply(.plain(b), .plain(a), into: update, scale: scaling)
        return update
    }
}
