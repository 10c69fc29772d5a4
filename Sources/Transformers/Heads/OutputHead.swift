import Tensors

/// What stands above the last block: the labelled rows x `[R, d]` become logits `[R, outputs]`, and these a loss.
package protocol OutputHead: AnyObject {
    /// Columns of the logits.
    var outputs: Int { get }
    /// Frozen projections inside, where an adapter can attach.
    var slots: [ProjectionSlot] { get }
    /// The base's tensors inside, as they can be trained.
    var parameterSlots: [ParameterSlot] { get }
    /// What is trained in full beside the adapter.
    var parameters: [Parameter] { get }

    /// Most bytes that `loss` over so many labelled rows takes of the arenas, for what grows with the outputs.
    func trainingBytes(rows: Int) -> Int

    /// Logits of every row of x, all at once: for few rows.
    func logits(_ x: Matrix, into logits: Matrix, pass: Pass)

    /// The loss of each row, forward only: −log p of its class in nats, or the squared error of its value.
    func losses(_ x: Matrix, labels: BatchLabels, pass: Pass) -> [Float]

    /// Forward and backward in one: returns Σ loss, accumulates `scale` times the gradients of what is trained in it, and
    /// assigns dx `[R, d]` `scale` times its gradient.
    func loss(_ x: Matrix, labels: BatchLabels, scale: Float, gradient dx: Matrix, pass: Pass) -> Double
}

extension VocabularyHead: OutputHead {
    package var outputs: Int { weight.outputs }
    package var slots: [ProjectionSlot] { projection?.slots ?? [] }
    package var parameters: [Parameter] { [] }
    package var parameterSlots: [ParameterSlot] {
        (slot.map { [$0] } ?? []) + (projection?.parameterSlots ?? []) + norm.parameterSlots
    }

    package func trainingBytes(rows: Int) -> Int {
        Self.logitBytes(rows: rows, outputs: outputs, isCapped: isCapped, activation: activation)
    }

    package func losses(_ x: Matrix, labels: BatchLabels, pass: Pass) -> [Float] {
        logProbabilities(x, targets: labels.classes, pass: pass).map { -$0 }
    }

    package func loss(_ x: Matrix, labels: BatchLabels, scale: Float, gradient dx: Matrix, pass: Pass) -> Double {
        loss(x, targets: labels.classes, scale: scale, gradient: dx, pass: pass, first: labels.first)
    }
}
