import Tensors

/// Final norm and vocabulary projection, `[R, V]`:
///
///     logits = norm(x)·Wᵀ       or, with a soft cap c, c·tanh(norm(x)·Wᵀ/c)
///
/// Where W is narrower than the model, a projection P stands before it: norm(x)·Pᵀ·Wᵀ. R are the labelled rows alone, and
/// logits exist for no more than `blockRows` of them at a time.
package final class VocabularyHead {
    package let norm: (any Norm)?
    /// P, `[width, d]`.
    private let projection: FrozenWeight?
    /// W, `[V, width]`.
    package let weight: FrozenWeight
    private let softCap: Float?
    private let activation: DType
    private let blockRows: Int

    package init(
        norm: (any Norm)?, projection: FrozenWeight? = nil, weight: FrozenWeight, softCap: Float? = nil,
        activation: DType
    ) {
        self.norm = norm
        self.projection = projection
        self.weight = weight
        self.softCap = softCap
        self.activation = activation
        // Up to 32 million logits, 128 MB.
        blockRows = min(1024, max(16, (1 << 25) / weight.outputs))
    }

    /// Whether a projection stands before W.
    var isProjected: Bool { projection != nil }

    /// Logits of every row of x `[R, d]`, all at once: for few rows.
    package func logits(_ x: Matrix, into logits: Matrix, pass: Pass) {
        pass.withScratch { scratch in
            weight.forward(read(x, scratch: scratch).rows, into: logits)
            if let softCap { Kernels.softCap(logits, cap: softCap) }
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
                let (read, statistics) = read(x.rows(rows), scratch: scratch)
                let logits = scratch.matrix(rows.count, weight.outputs)
                weight.forward(read, into: logits)
                let capped = softCap.map { cap in
                    Kernels.softCap(logits, cap: cap)
                    let copy = scratch.matrix(logits.rows, logits.columns)
                    copy.copy(from: logits)
                    return (logits: copy, cap: cap)
                }
                let (losses, dLogits) = Kernels.crossEntropy(
                    logits, targets: Array(targets[rows]), scale: scale, narrowed: activation == .bfloat16)
                if let (logits, cap) = capped { Kernels.softCapBackward(logits, cap: cap, into: dLogits) }
                total += losses.reduce(0) { $0 + Double($1) }
                let dn = backward(dLogits, scratch: scratch)
                norm.backward(dn, x: x.rows(rows), statistics: statistics, into: dx.rows(rows))
            }
        }
        return total
    }

    /// What W reads, and the norm's statistics.
    private func read(_ x: Matrix, scratch: Arena) -> (rows: Matrix, statistics: Matrix?) {
        let statistics = norm.map { scratch.matrix(x.rows, $0.statisticsCount) }
        let n = norm.normalised(x, statistics: statistics, activation, scratch: scratch)
        guard let projection else { return (n, statistics) }
        let narrow = scratch.matrix(x.rows, projection.outputs, activation)
        projection.forward(n, into: narrow)
        return (narrow, statistics)
    }

    /// ∂L/∂norm(x) from ∂L/∂logits.
    private func backward(_ dLogits: Matrix, scratch: Arena) -> Matrix {
        let dRead = scratch.matrix(dLogits.rows, weight.inputs, projection == nil ? .float32 : activation)
        weight.backward(dLogits, into: dRead)
        guard let projection else { return dRead }
        let dn = scratch.matrix(dLogits.rows, projection.inputs)
        projection.backward(dRead, into: dn)
        return dn
    }

    private func forEachBlock(of rows: Int, _ body: (Range<Int>) -> Void) {
        // Of nearly equal height: each reads the whole of W.
        let blocks = (rows + blockRows - 1) / blockRows
        for index in 0..<blocks { body((rows * index / blocks)..<(rows * (index + 1) / blocks)) }
    }
}
