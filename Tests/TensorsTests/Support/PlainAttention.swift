import Foundation
import Tensors

/// Attention as its formula says, one score at a time in double: the twin of the tiled kernels.
struct PlainAttention {
    let q, k, v: [[Double]]
    let headDim: Int
    let scale: Double
    let mask: AttentionMask
    let softCap: Double?
    private(set) var o: [[Double]]
    private(set) var logSumExp: [[Double]]
    private(set) var dq: [[Double]]
    private(set) var dk: [[Double]]
    private(set) var dv: [[Double]]

    init(
        q: Matrix, k: Matrix, v: Matrix, headDim: Int, scale: Float, mask: AttentionMask = .causal,
        softCap: Float? = nil
    ) {
        (self.q, self.k, self.v) = (q.nested, k.nested, v.nested)
        self.headDim = headDim
        self.scale = Double(scale)
        self.mask = mask
        self.softCap = softCap.map(Double.init)
        o = self.q.map { $0.map { _ in 0 } }
        dq = o
        dk = self.k.map { $0.map { _ in 0 } }
        dv = dk
        logSumExp = self.q.map { Array(repeating: 0, count: $0.count / headDim) }
    }

    /// Forward and, given dO, backward of one span.
    mutating func run(_ span: AttentionSpan, dO: [[Double]]? = nil) {
        let heads = q[0].count / headDim
        let group = q[0].count / k[0].count
        for index in 0..<span.queryCount {
            let position = span.keyCount - span.queryCount + index
            let seen =
                switch mask {
                case .causal: 0...position
                case .sliding(let window): max(0, position - window + 1)...position
                case .bidirectional: 0...(span.keyCount - 1)
                }
            for head in 0..<heads {
                attend(
                    row: span.queryStart + index, head: head, keyHead: head / group,
                    keys: (span.keyStart + seen.lowerBound)..<(span.keyStart + seen.upperBound + 1), dO: dO)
            }
        }
    }

    private mutating func attend(row: Int, head: Int, keyHead: Int, keys: Range<Int>, dO: [[Double]]?) {
        let (a, b) = (head * headDim, keyHead * headDim)
        var scores = keys.map { key in (0..<headDim).reduce(0) { $0 + q[row][a + $1] * k[key][b + $1] } * scale }
        if let softCap { scores = scores.map { softCap * tanh($0 / softCap) } }
        let maximum = scores.max() ?? 0
        let lse = maximum + log(scores.reduce(0) { $0 + exp($1 - maximum) })
        let p = scores.map { exp($0 - lse) }
        logSumExp[row][head] = lse
        for d in 0..<headDim { o[row][a + d] = zip(keys, p).reduce(0) { $0 + $1.1 * v[$1.0][b + d] } }
        guard let dO else { return }
        let delta = (0..<headDim).reduce(0) { $0 + dO[row][a + $1] * o[row][a + $1] }
        for (index, key) in keys.enumerated() {
            let p = p[index]
            let dp = (0..<headDim).reduce(0) { $0 + dO[row][a + $1] * v[key][b + $1] }
            let slope = softCap.map { 1 - (scores[index] / $0) * (scores[index] / $0) } ?? 1
            let ds = p * (dp - delta) * scale * slope
            for d in 0..<headDim {
                dv[key][b + d] += p * dO[row][a + d]
                dq[row][a + d] += ds * k[key][b + d]
                dk[key][b + d] += ds * q[row][a + d]
            }
        }
    }
}
