import Foundation
import Tensors

/// Disentangled attention as its formula says, one score at a time in double: the twin of the tiled kernels.
struct PlainDisentangledAttention {
    let q, k, v: [[Double]]
    let heads: HeadColumns
    /// Row of P^k and P^q for d = key − query.
    let row: (Int) -> Int
    let positionKeys: [[Double]]?
    let positionQueries: [[Double]]?
    let scale: Double
    private(set) var o: [[Double]]
    private(set) var dq: [[Double]]
    private(set) var dk: [[Double]]
    private(set) var dv: [[Double]]
    private(set) var dPositionKeys: [[Double]]
    private(set) var dPositionQueries: [[Double]]

    init(
        q: Matrix, k: Matrix, v: Matrix, heads: HeadColumns, positionKeys: Matrix?, positionQueries: Matrix?,
        scale: Float, row: @escaping (Int) -> Int
    ) {
        (self.q, self.k, self.v) = (q.nested, k.nested, v.nested)
        self.heads = heads
        self.row = row
        self.positionKeys = positionKeys?.nested
        self.positionQueries = positionQueries?.nested
        self.scale = Double(scale)
        let zeros = { (matrix: [[Double]]) in matrix.map { $0.map { _ in 0.0 } } }
        o = self.q.map { _ in Array(repeating: 0, count: heads.count * heads.headDim) }
        (dq, dk, dv) = (zeros(self.q), zeros(self.k), zeros(self.v))
        dPositionKeys = zeros(self.positionKeys ?? [])
        dPositionQueries = zeros(self.positionQueries ?? [])
    }

    /// Forward and backward of one sequence, rows of the packed matrices.
    mutating func run(_ rows: Range<Int>, dO: [[Double]]) {
        for head in 0..<heads.count {
            for query in rows { attend(query, rows: rows, head: head, dO: dO) }
        }
    }

    private mutating func attend(_ query: Int, rows: Range<Int>, head: Int, dO: [[Double]]) {
        let (mixed, dense) = (head * heads.stride, head * heads.headDim)
        let dims = 0..<heads.headDim
        let scores = rows.map { key in
            var score = dims.reduce(0) { $0 + q[query][mixed + $1] * k[key][mixed + $1] }
            let r = row(key - query)
            if let positionKeys { score += dims.reduce(0) { $0 + q[query][mixed + $1] * positionKeys[r][dense + $1] } }
            if let positionQueries {
                score += dims.reduce(0) { $0 + k[key][mixed + $1] * positionQueries[r][dense + $1] }
            }
            return score * scale
        }
        let maximum = scores.max() ?? 0
        let total = scores.reduce(0) { $0 + exp($1 - maximum) }
        let p = scores.map { exp($0 - maximum) / total }
        for d in dims { o[query][dense + d] = zip(rows, p).reduce(0) { $0 + $1.1 * v[$1.0][mixed + d] } }
        let dp = rows.map { key in dims.reduce(0) { $0 + dO[query][dense + $1] * v[key][mixed + $1] } }
        let delta = zip(p, dp).reduce(0) { $0 + $1.0 * $1.1 }
        for (index, key) in rows.enumerated() {
            let ds = p[index] * (dp[index] - delta) * scale
            let r = row(key - query)
            for d in dims {
                dv[key][mixed + d] += p[index] * dO[query][dense + d]
                dq[query][mixed + d] += ds * (k[key][mixed + d] + (positionKeys?[r][dense + d] ?? 0))
                dk[key][mixed + d] += ds * (q[query][mixed + d] + (positionQueries?[r][dense + d] ?? 0))
                if positionKeys != nil { dPositionKeys[r][dense + d] += ds * q[query][mixed + d] }
                if positionQueries != nil { dPositionQueries[r][dense + d] += ds * k[key][mixed + d] }
            }
        }
    }
}
