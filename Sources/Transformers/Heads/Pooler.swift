import Tensors

/// A dense layer, mostly with an activation, between the pooled row and the classifier: p = f(dropout(x)·Wᵀ + b),
/// `[R, d]`, f the identity where there is no activation.
package struct Pooler {
    package enum Dense {
        /// The checkpoint's own, with a slot for an adapter.
        case frozen(ProjectionGroup)
        /// Part of the head, trained in full.
        case trained(TrainableLinear)
    }

    package let dense: Dense
    package let activation: ActivationFunction?
    /// Probability of dropping an element of x while training.
    package let inputDropout: Float

    package init(_ dense: Dense, activation: ActivationFunction?, inputDropout: Float = 0) {
        self.dense = dense
        self.activation = activation
        self.inputDropout = inputDropout
    }

    package var outputs: Int {
        switch dense {
        case .frozen(let group): group.outputs
        case .trained(let linear): linear.outputs
        }
    }

    /// u = x·Wᵀ + b; returns what an adapter keeps.
    func project(_ x: Matrix, into u: Matrix, pass: Pass) -> ProjectionGroup.Saved {
        switch dense {
        case .frozen(let group): return group.forward(x, into: u, pass: pass)
        case .trained(let linear):
            linear.forward(x, into: u)
            return nil
        }
    }

    /// Gradients of the adapter or the weights, and dx = du·W + the adapter's share.
    func backward(_ du: Matrix, x: Matrix, saved: ProjectionGroup.Saved, into dx: Matrix, pass: Pass) {
        switch dense {
        case .frozen(let group): group.backward(du, x: x, saved: saved, into: dx, pass: pass)
        case .trained(let linear): linear.backward(du, x: x, into: dx)
        }
    }
}
