extension LayerPlan {
    /// Every tensor of the checkpoint with its shape.
    var tensors: [(String, [Int])] {
        let norms =
            [attention.norm, attention.headNorms?.query, attention.headNorms?.key, attention.outputNorm]
            + [feedForward.norm, feedForward.outputNorm] + residualNorms
        let projections =
            [attention.queryKeyValue, attention.output, feedForward.up, feedForward.down]
            + (attention.disentangled?.projections ?? [])
        return norms.compactMap { $0 }.flatMap(\.tensors) + projections.flatMap(\.tensors)
            + (convolution?.tensors ?? [])
    }

    private var residualNorms: [NormPlan?] {
        guard case .normalised(let first, let second) = residual else { return [] }
        return [first, second]
    }
}

extension DisentangledPlan {
    /// Those that only positions have.
    fileprivate var projections: [ProjectionPlan] {
        [keys, queries].compactMap { projection in
            guard case .own(let plan) = projection else { return nil }
            return plan
        }
    }
}

extension ConvolutionPlan {
    fileprivate var tensors: [(String, [Int])] {
        [(module + ".weight", [channels, channels / groups, size]), (module + ".bias", [channels])] + norm.tensors
    }
}

extension NormPlan {
    var tensors: [(String, [Int])] {
        switch kind {
        case .rootMeanSquare: [(name + ".weight", [size])]
        case .layer(let hasParameters): hasParameters ? [(name + ".weight", [size]), (name + ".bias", [size])] : []
        }
    }
}

extension ProjectionPlan {
    fileprivate var tensors: [(String, [Int])] {
        let weights = slots.map { ($0.weightName, $0.weightShape) }
        switch bias {
        case .none: return weights
        case .own: return weights + slots.map { ($0.biasName, [$0.outputs]) }
        case .headByHead(let query, let value, _):
            let size = slots.reduce(0) { $0 + $1.outputs } / 3
            return weights + [(query, [size]), (value, [size])]
        }
    }
}
