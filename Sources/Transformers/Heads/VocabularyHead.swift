import Tensors

/// Final norm and vocabulary projection, `[R, V]`:
///
///     logits = norm(x)·Wᵀ       or, with a soft cap c, c·tanh(norm(x)·Wᵀ/c)
///
/// Where W is narrower than the model, a projection P stands before it: norm(x)·Pᵀ·Wᵀ. R are the labelled rows alone, and
/// logits exist for no more than `blockRows` of them at a time.
package final class VocabularyHead {
    package let norm: (any Norm)?
    /// P, `[width, d]`, of one slot.
    package let projection: ProjectionGroup?
    /// W, `[V, width]`.
    package let weight: FrozenWeight
    /// W as it can be trained, the embedding's where the two are tied; nil where it is not stored in float32.
    let slot: ParameterSlot?
    private let softCap: Float?
    let activation: DType
    private let blockRows: Int

    package init(
        norm: (any Norm)?, projection: ProjectionGroup? = nil, weight: FrozenWeight, slot: ParameterSlot? = nil,
        softCap: Float? = nil, activation: DType
    ) {
        self.slot = slot
        self.norm = norm
        self.projection = projection
        self.weight = weight
        self.softCap = softCap
        self.activation = activation
        blockRows = Self.blockRows(outputs: weight.outputs)
    }

    var isCapped: Bool { softCap != nil }

    /// Rows whose logits exist at a time: up to 32 million logits, 128 MB.
    private static func blockRows(outputs: Int) -> Int { min(1024, max(16, (1 << 25) / outputs)) }

    /// Most bytes of logits and their gradients that a pass over `rows` labelled rows holds.
    package static func logitBytes(rows: Int, outputs: Int, isCapped: Bool, activation: DType) -> Int {
        // In float32 the gradient takes the logits' place.
        let copies = 4 + (isCapped ? 4 : 0) + (activation == .float32 ? 0 : activation.bytes)
        return min(rows, blockRows(outputs: outputs)) * outputs * copies
    }

    /// Logits of every row of x `[R, d]`, all at once: for few rows.
    package func logits(_ x: Matrix, into logits: Matrix, pass: Pass) {
        pass.withScratch { scratch in
            let mark = pass.saved.mark()
            defer { pass.saved.release(to: mark) }
            weight.forward(
                read(x, scratch: scratch, pass: pass).rows, into: logits, isDecoding: pass.isDecoding)
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

    /// Forward and backward in one: returns Σ −log p(target) in nats, or the loss of smoothed labels where the pass has
    /// such, and assigns dx `[R, d]` its gradient times `scale`.
    ///
    /// - Parameter first: labels of the step before these.
    package func loss(
        _ x: Matrix, targets: [Int32], scale: Float, gradient dx: Matrix, pass: Pass, first: Int = 0
    ) -> Double {
        var total = 0.0
        Kernels.clear(dx)
        forEachBlock(of: x.rows) { rows in
            let pass = pass.beginning(at: first + rows.lowerBound)
            let mark = pass.saved.mark()
            defer { pass.saved.release(to: mark) }
            pass.withScratch { scratch in
                let read = read(x.rows(rows), scratch: scratch, pass: pass)
                let logits = scratch.matrix(rows.count, weight.outputs)
                weight.forward(read.rows, into: logits)
                let capped = softCap.map { cap in
                    Kernels.softCap(logits, cap: cap)
                    let copy = scratch.matrix(logits.rows, logits.columns)
                    copy.copy(from: logits)
                    return (logits: copy, cap: cap)
                }
                let losses = scratch.matrix(rows.count, 1)
                let dLogits = Kernels.crossEntropy(
                    logits, targets: targets[rows], scale: scale, narrowed: activation == .bfloat16, losses: losses,
                    smoothing: pass.regularisation.labelSmoothing)
                if let (logits, cap) = capped { Kernels.softCapBackward(logits, cap: cap, into: dLogits) }
                total += losses.sum
                if let heard = pass.labelLosses {
                    for row in 0..<losses.rows { heard.take(losses[row, 0], at: first + rows.lowerBound + row) }
                }
                let dn = backward(dLogits, read, scratch: scratch, pass: pass)
                norm.backward(dn, x: x.rows(rows), statistics: read.statistics, into: dx.rows(rows))
            }
        }
        return total
    }

    /// What W reads, and what backward needs of the way there.
    private struct Read {
        let rows: Matrix
        let statistics: Matrix?
        /// norm(x).
        let n: Matrix
        let projected: ProjectionGroup.Saved
    }

    private func read(_ x: Matrix, scratch: Arena, pass: Pass) -> Read {
        let statistics = norm.map { scratch.matrix(x.rows, $0.statisticsCount) }
        let n = norm.normalised(x, statistics: statistics, activation, scratch: scratch)
        guard let projection else { return Read(rows: n, statistics: statistics, n: n, projected: nil) }
        let narrow = scratch.matrix(x.rows, projection.outputs, activation)
        let projected = projection.forward(n, into: narrow, pass: pass)
        return Read(rows: narrow, statistics: statistics, n: n, projected: projected)
    }

    /// ∂L/∂norm(x) from ∂L/∂logits; on the way the gradients of the projection's adapter, and of W where it is trained:
    /// dW `[V, width]` += ∂L/∂logitsᵀ·rows.
    private func backward(_ dLogits: Matrix, _ read: Read, scratch: Arena, pass: Pass) -> Matrix {
        if let gradient = slot?.gradient {
            multiply(.transposed(dLogits), .plain(read.rows), into: gradient, accumulate: true, scratch: scratch)
        }
        let dRead = scratch.matrix(dLogits.rows, weight.inputs, projection == nil ? .float32 : activation)
        weight.backward(dLogits, into: dRead)
        guard let projection else { return dRead }
        let dn = scratch.matrix(dLogits.rows, projection.inputs)
        projection.backward(dRead, x: read.n, saved: read.projected, into: dn, pass: pass)
        return dn
    }

    private func forEachBlock(of rows: Int, _ body: (Range<Int>) -> Void) {
        // Of nearly equal height: each reads the whole of W.
        let blocks = (rows + blockRows - 1) / blockRows
        for index in 0..<blocks { body((rows * index / blocks)..<(rows * (index + 1) / blocks)) }
    }
}
