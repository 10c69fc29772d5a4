import Tensors

/// What training steps do beside the plain loss, against learning rows by heart. Inference knows none of it.
package struct Regularisation: Sendable, Equatable {
    /// The share of a target's probability that is spread over all classes, or tokens; 0 for none.
    package var labelSmoothing: Float = 0
    /// Of the noise on token embeddings; nil for none.
    package var noise: EmbeddingNoise?

    package init(labelSmoothing: Float = 0, noise: EmbeddingNoise? = nil) {
        self.labelSmoothing = labelSmoothing
        self.noise = noise
    }

    package static let none = Regularisation()
}

/// NEFTune's noise: each element of a sequence's token embeddings `[L, e]` gains alpha/√(L·e) times a number that is
/// uniform in [−1, 1) (Jain et al. 2023, arXiv 2310.05914). L counts the tokens that the model reads.
package struct EmbeddingNoise: Sendable, Equatable {
    package let alpha: Double
    /// The noise is a function of it, the step, and an element's place in the step.
    package let seed: UInt64

    package init(alpha: Double, seed: UInt64) {
        self.alpha = alpha
        self.seed = seed
    }

    /// x `[T, e]` are the embeddings of the layout's tokens, of which the first is the step's row `firstRow`.
    func add(to x: Matrix, layout: SequenceLayout, step: UInt64, firstRow: Int) {
        let random = Philox(seed: seed, stream: .embeddingNoise)
        for span in layout.spans {
            let rows = span.queryStart..<(span.queryStart + span.queryCount)
            Kernels.addNoise(
                to: x.rows(rows), magnitude: Float(alpha / Double(rows.count * x.columns).squareRoot()),
                random: random, step: step, firstPosition: UInt64((firstRow + rows.lowerBound) * x.columns))
        }
    }
}

/// The loss of each label of a training step, in the labels' order, for whoever wants to know more than their sum.
package final class LabelLosses {
    package private(set) var values: [Float] = []

    /// - Parameter labels: most of a step; more are taken all the same.
    package init(reserving labels: Int) { values.reserveCapacity(labels) }

    /// Forgets the last step's, and keeps their memory.
    package func removeAll() { values.removeAll(keepingCapacity: true) }

    /// Takes the loss of the label at `place` within the step.
    func take(_ loss: Float, at place: Int) {
        while values.count <= place { values.append(0) }
        values[place] = loss
    }
}

extension Pass {
    /// Adds the noise of a training step, where it has some, to the token embeddings x `[T, e]`.
    func addNoise(to x: Matrix, layout: SequenceLayout) {
        guard case .training(let step, let firstRow) = mode, let noise = regularisation.noise else { return }
        noise.add(to: x, layout: layout, step: step, firstRow: firstRow)
    }
}
