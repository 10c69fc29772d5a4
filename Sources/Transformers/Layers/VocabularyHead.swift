import Tensors

/// Final norm and vocabulary projection: logits = norm(x)·Wᵀ, `[R, V]`.
///
/// R are the labelled rows alone, and logits exist for no more than `blockRows` of them at a time.
package final class VocabularyHead {
    package let norm: any Norm
    /// `[V, d]`
    package let weight: FrozenWeight
    private let activation: DType
    private let blockRows = 384

    package init(norm: any Norm, weight: FrozenWeight, activation: DType) {
        self.norm = norm
        self.weight = weight
        self.activation = activation
    }

    /// Logits of every row of x `[R, d]`, all at once: for few rows.
    package func logits(_ x: Matrix, into logits: Matrix, pass: Pass) {
        pass.withScratch { scratch in
            let (n, _) = normalized(x, scratch: scratch)
            weight.forward(n, into: logits)
        }
    }

    /// log p(target) of each row.
    package func logProbabilities(_ x: Matrix, targets: [Int32], pass: Pass) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(x.rows)
        forEachBlock(of: x.rows) { rows in
            pass.withScratch { scratch in
                let logits = scratch.matrix(rows.count, weight.outputs)
                self.logits(x.rows(rows), into: logits, pass: pass)
                result += Kernels.logProbabilities(logits, targets: Array(targets[rows]))
            }
        }
        return result
    }

    /// Forward and backward in one: returns Σ −log p(target) in nats, and assigns dx `[R, d]` its gradient times
    /// `scale`.
    package func loss(_ x: Matrix, targets: [Int32], scale: Float, gradient dx: Matrix, pass: Pass) -> Double {
        var total = 0.0
        dx.fill(0)
        forEachBlock(of: x.rows) { rows in
            pass.withScratch { scratch in
                let (n, statistics) = normalized(x.rows(rows), scratch: scratch)
                let logits = scratch.matrix(rows.count, weight.outputs)
                weight.forward(n, into: logits)
                let (losses, dLogits) = Kernels.crossEntropy(
                    logits, targets: Array(targets[rows]), scale: scale, narrowed: activation == .bfloat16)
                total += losses.reduce(0) { $0 + Double($1) }
                let dn = scratch.matrix(rows.count, x.columns)
                weight.backward(dLogits, into: dn)
                norm.backward(dn, x: x.rows(rows), statistics: statistics, into: dx.rows(rows))
            }
        }
        return total
    }

    private func normalized(_ x: Matrix, scratch: Arena) -> (n: Matrix, statistics: Matrix) {
        let n = scratch.matrix(x.rows, x.columns, activation)
        let statistics = scratch.matrix(x.rows, norm.statisticsCount)
        norm.forward(x, into: n, statistics: statistics)
        return (n, statistics)
    }

    private func forEachBlock(of rows: Int, _ body: (Range<Int>) -> Void) {
        for start in stride(from: 0, to: rows, by: blockRows) {
            body(start..<min(start + blockRows, rows))
        }
    }
}
