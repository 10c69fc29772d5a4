import Tensors

/// A head that classifies whole sequences, or regresses on them, from the row that each is pooled by:
///
///     n = norm(x)                          [R, d], x itself without a norm
///     p = f(dropout(n)·W_pᵀ + b_p)         [R, d], n itself without a pooler
///     z = dropout(p)·W_cᵀ + b_c            [R, classes]
///
/// A decoder's is the final norm and `score`; BERT's, RoBERTa's and DeBERTa's have a pooler. The loss is the
/// cross-entropy of z, or for a regression (z − value)².
package final class ClassificationHead: OutputHead {
    package let norm: (any Norm)?
    package let pooler: Pooler?
    package let output: TrainableLinear
    /// Whether the output was drawn at random, since the checkpoint has none of this size.
    package let isFresh: Bool
    private let task: ClassificationTask
    private let dropout: Float

    /// - Parameter dropout: probability of dropping an element of what the output reads, while training.
    package init(
        task: ClassificationTask, norm: (any Norm)?, pooler: Pooler?, output: TrainableLinear, isFresh: Bool,
        dropout: Float
    ) {
        self.task = task
        self.norm = norm
        self.pooler = pooler
        self.output = output
        self.isFresh = isFresh
        self.dropout = dropout
        usesTrained = true
    }

    package var outputs: Int { output.outputs }
    package var isRegression: Bool { task.isRegression }

    package var slots: [ProjectionSlot] {
        if case .frozen(let group) = pooler?.dense { group.slots } else { [] }
    }

    /// The projections that are trained in full.
    package var trained: [TrainableLinear] {
        if case .trained(let linear) = pooler?.dense { [linear, output] } else { [output] }
    }

    /// Those of the base: its norm, and its own pooler or what narrows its rows.
    package var parameterSlots: [ParameterSlot] {
        let own: [ParameterSlot] = if case .frozen(let group) = pooler?.dense { group.parameterSlots } else { [] }
        return own + norm.parameterSlots
    }

    package var parameters: [Parameter] { trained.flatMap(\.parameters) }

    package func trainingBytes(rows: Int) -> Int {
        // The normed row, the pooled one and their gradients; the logits and theirs.
        DType.float32.bytes * rows * (4 * output.weight.value.columns + 2 * outputs)
    }

    /// Whether the trained values answer; else those that training started from.
    package var usesTrained: Bool {
        didSet { for linear in trained { linear.usesTrained = usesTrained } }
    }

    /// Puts back the values that training started from.
    package func reset() { for linear in trained { linear.reset() } }

    package func logits(_ x: Matrix, into logits: Matrix, pass: Pass) {
        pass.withScratch { scratch in _ = forward(x, into: logits, first: 0, scratch: scratch, pass: pass) }
    }

    package func losses(_ x: Matrix, labels: BatchLabels, pass: Pass) -> [Float] {
        pass.withScratch { scratch in
            let z = scratch.matrix(x.rows, outputs)
            logits(x, into: z, pass: pass)
            guard isRegression else { return Kernels.logProbabilities(z, targets: labels.classes).map { -$0 } }
            return labels.values.enumerated().map { row, value in (z[row, 0] - value) * (z[row, 0] - value) }
        }
    }

    package func loss(_ x: Matrix, labels: BatchLabels, scale: Float, gradient dx: Matrix, pass: Pass) -> Double {
        let mark = pass.saved.mark()
        defer { pass.saved.release(to: mark) }
        return pass.withScratch { scratch in
            let z = scratch.matrix(x.rows, outputs)
            let trace = forward(x, into: z, first: labels.first, scratch: scratch, pass: pass)
            let (losses, dz) = lossGradient(
                z, labels: labels, scale: scale, smoothing: pass.regularisation.labelSmoothing)
            if let heard = pass.labelLosses {
                for (row, loss) in losses.enumerated() { heard.take(loss, at: labels.first + row) }
            }
            backward(dz, x: x, trace, first: labels.first, into: dx, scratch: scratch, pass: pass)
            return losses.reduce(0) { $0 + Double($1) }
        }
    }

    /// What backward needs of a forward pass; it lives as long as the head's own step.
    private struct Trace {
        let statistics: Matrix?
        /// What the pooler's projection read.
        let pooled: Matrix?
        let u: Matrix?
        let projected: ProjectionGroup.Saved
        /// What the output read.
        let features: Matrix
    }

    private func forward(_ x: Matrix, into z: Matrix, first: Int, scratch: Arena, pass: Pass) -> Trace {
        let statistics = norm.map { scratch.matrix(x.rows, $0.statisticsCount) }
        var p = norm.normalised(x, statistics: statistics, .float32, scratch: scratch)
        var pooled: Matrix?
        var u: Matrix?
        var projected: ProjectionGroup.Saved = nil
        if let pooler {
            let input = dropped(p, pooler.inputDropout, place: 0, first: first, scratch: scratch, pass: pass)
            let sum = scratch.matrix(x.rows, pooler.outputs)
            projected = pooler.project(input, into: sum, pass: pass.beginning(at: first))
            p = sum
            if let activation = pooler.activation {
                p = scratch.matrix(x.rows, pooler.outputs)
                Kernels.activationForward(activation, sum, into: p)
            }
            (pooled, u) = (input, sum)
        }
        let features = dropped(p, dropout, place: 1, first: first, scratch: scratch, pass: pass)
        output.forward(features, into: z)
        return Trace(statistics: statistics, pooled: pooled, u: u, projected: projected, features: features)
    }

    /// dx from dz, on the way the gradients of what is trained.
    private func backward(
        _ dz: Matrix, x: Matrix, _ trace: Trace, first: Int, into dx: Matrix, scratch: Arena, pass: Pass
    ) {
        var dp = scratch.matrix(dz.rows, trace.features.columns)
        output.backward(dz, x: trace.features, into: dp)
        dp = undropped(dp, dropout, place: 1, first: first, scratch: scratch, pass: pass)
        if let pooler, let pooled = trace.pooled, let u = trace.u {
            if let activation = pooler.activation { Kernels.activationBackward(activation, dp, x: u, into: dp) }
            let dPooled = scratch.matrix(dz.rows, pooled.columns)
            pooler.backward(
                dp, x: pooled, saved: trace.projected, into: dPooled, pass: pass.beginning(at: first))
            dp = undropped(dPooled, pooler.inputDropout, place: 0, first: first, scratch: scratch, pass: pass)
        }
        Kernels.clear(dx)
        norm.backward(dp, x: x, statistics: trace.statistics, into: dx)
    }

    private func lossGradient(
        _ z: Matrix, labels: BatchLabels, scale: Float, smoothing: Float
    ) -> (losses: [Float], dz: Matrix) {
        guard isRegression else {
            let (losses, dz) = Kernels.crossEntropy(
                z, targets: labels.classes, scale: scale, narrowed: false, smoothing: smoothing)
            return (losses, dz)
        }
        let dz = Matrix(rows: z.rows, columns: 1)
        let losses = labels.values.enumerated().map { row, value in
            let error = z[row, 0] - value
            dz[row, 0] = 2 * error * scale
            return error * error
        }
        return (losses, dz)
    }

    /// dropout(x); x itself where nothing is dropped. The mask belongs to a row's place among the step's labels.
    private func dropped(
        _ x: Matrix, _ probability: Float, place: Int, first: Int, scratch: Arena, pass: Pass
    ) -> Matrix {
        guard probability > 0, case .training(let step, _) = pass.mode else { return x }
        let y = scratch.matrix(x.rows, x.columns)
        Kernels.dropout(
            x, into: y, probability: probability, random: Philox(seed: task.seed, stream: .headDropout(place: place)),
            step: step, firstPosition: UInt64(first * x.columns))
        return y
    }

    private func undropped(
        _ dy: Matrix, _ probability: Float, place: Int, first: Int, scratch: Arena, pass: Pass
    ) -> Matrix {
        guard probability > 0, case .training(let step, _) = pass.mode else { return dy }
        let dx = scratch.matrix(dy.rows, dy.columns)
        Kernels.clear(dx)
        Kernels.dropoutBackward(
            dy, into: dx, probability: probability,
            random: Philox(seed: task.seed, stream: .headDropout(place: place)), step: step,
            firstPosition: UInt64(first * dy.columns))
        return dx
    }
}
