import ModelFiles

extension DecoderPlan {
    /// The plan with the names that the checkpoint has: those of transformers' model with a head, unless it was saved
    /// without one, as the first GPT-2 and OPT checkpoints were. Adapters go by the modules' own names in either case.
    func named(as source: any WeightSource) -> DecoderPlan {
        let tokens = embedding.tokens + ".weight"
        guard source.shape(of: tokens) == nil, source.shape(of: stripped(tokens)) != nil else { return self }
        var plan = self
        plan.embedding.tokens = stripped(embedding.tokens)
        plan.embedding.positions = embedding.positions.map { (stripped($0.name), $0.count, $0.offset) }
        plan.embedding.projection = embedding.projection.map(stripped)
        plan.head.projection = head.projection.map(stripped)
        plan.finalNorm = finalNorm.map(stripped)
        plan.layers = layers.map(stripped)
        return plan
    }

    /// Whether a tensor of the checkpoint is a buffer.
    func isIgnored(_ name: String) -> Bool { bufferSuffixes.contains { name.hasSuffix($0) } }

    private func stripped(_ name: String) -> String {
        name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }

    private func stripped(_ norm: NormPlan) -> NormPlan {
        var norm = norm
        norm.name = stripped(norm.name)
        return norm
    }

    private func stripped(_ slot: ProjectionSlot) -> ProjectionSlot {
        ProjectionSlot(
            name: slot.name, weightName: stripped(slot.weightName), outputs: slot.outputs, inputs: slot.inputs,
            isTransposed: slot.isTransposed)
    }

    private func stripped(_ projection: ProjectionPlan) -> ProjectionPlan {
        ProjectionPlan(slots: projection.slots.map(stripped), hasBias: projection.hasBias)
    }

    private func stripped(_ layer: DecoderLayerPlan) -> DecoderLayerPlan {
        var layer = layer
        layer.attention.norm = layer.attention.norm.map(stripped)
        layer.attention.headNorms = layer.attention.headNorms.map { (stripped($0.query), stripped($0.key)) }
        layer.attention.outputNorm = layer.attention.outputNorm.map(stripped)
        layer.attention.queryKeyValue = stripped(layer.attention.queryKeyValue)
        layer.attention.output = stripped(layer.attention.output)
        layer.feedForward.norm = layer.feedForward.norm.map(stripped)
        layer.feedForward.outputNorm = layer.feedForward.outputNorm.map(stripped)
        layer.feedForward.up = stripped(layer.feedForward.up)
        layer.feedForward.down = stripped(layer.feedForward.down)
        if case .normalised(let first, let second) = layer.residual {
            layer.residual = .normalised(stripped(first), stripped(second))
        }
        return layer
    }
}
