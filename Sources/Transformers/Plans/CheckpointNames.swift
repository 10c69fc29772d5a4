/// The names that tensors have in a checkpoint which was saved without a head, as the first GPT-2, OPT and BERT
/// checkpoints were: those of transformers' model with a head, without their first part. Adapters go by the modules'
/// own names in either case.
struct CheckpointNames {
    /// The first part, with its dot.
    private let prefix: String

    /// Nil where the checkpoint has the whole names.
    ///
    /// - Parameter table: module of the embedding, by which it is known.
    init?(leavingOut prefix: String, knownBy table: String, in source: any WeightSource) {
        self.prefix = prefix
        let tokens = table + ".weight"
        guard source.shape(of: tokens) == nil, source.shape(of: stripped(tokens)) != nil else { return nil }
    }

    func stripped(_ name: String) -> String {
        name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }

    func stripped(_ norm: NormPlan) -> NormPlan {
        var norm = norm
        norm.name = stripped(norm.name)
        return norm
    }

    func stripped(_ slot: ProjectionSlot) -> ProjectionSlot {
        ProjectionSlot(
            name: slot.name, weightName: stripped(slot.weightName), outputs: slot.outputs, inputs: slot.inputs,
            isTransposed: slot.isTransposed)
    }

    func stripped(_ layer: LayerPlan) -> LayerPlan {
        var layer = layer
        layer.attention.norm = layer.attention.norm.map(stripped)
        layer.attention.headNorms = layer.attention.headNorms.map { (stripped($0.query), stripped($0.key)) }
        layer.attention.outputNorm = layer.attention.outputNorm.map(stripped)
        layer.attention.queryKeyValue = stripped(layer.attention.queryKeyValue)
        layer.attention.output = stripped(layer.attention.output)
        layer.attention.disentangled = layer.attention.disentangled.map(stripped)
        layer.feedForward.norm = layer.feedForward.norm.map(stripped)
        layer.feedForward.outputNorm = layer.feedForward.outputNorm.map(stripped)
        layer.feedForward.up = stripped(layer.feedForward.up)
        layer.feedForward.down = stripped(layer.feedForward.down)
        if case .normalised(let first, let second) = layer.residual {
            layer.residual = .normalised(stripped(first), stripped(second))
        }
        if let convolution = layer.convolution {
            layer.convolution?.module = stripped(convolution.module)
            layer.convolution?.norm = stripped(convolution.norm)
        }
        return layer
    }

    private func stripped(_ plan: DisentangledPlan) -> DisentangledPlan {
        var plan = plan
        plan.keys = plan.keys.map(stripped)
        plan.queries = plan.queries.map(stripped)
        return plan
    }

    private func stripped(_ projection: DisentangledPlan.Projection) -> DisentangledPlan.Projection {
        guard case .own(let plan) = projection else { return projection }
        return .own(stripped(plan))
    }

    private func stripped(_ projection: ProjectionPlan) -> ProjectionPlan {
        let slots = projection.slots.map(stripped)
        guard case .headByHead(let query, let value, let headDim) = projection.bias else {
            return ProjectionPlan(slots: slots, bias: projection.bias)
        }
        return ProjectionPlan(
            slots: slots, bias: .headByHead(query: stripped(query), value: stripped(value), headDim: headDim))
    }
}
