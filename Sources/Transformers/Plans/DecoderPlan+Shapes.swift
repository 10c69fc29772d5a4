import ModelFiles

extension DecoderPlan {
    /// Checks that the heads are what the projections of each layer give and take.
    ///
    /// - Throws: `TransformersError.unsupported`.
    func checked(_ configuration: ModelConfiguration) throws -> DecoderPlan {
        for layer in layers {
            let (heads, attention) = (layer.attention.heads, layer.attention)
            let outputs = attention.queryKeyValue.slots.reduce(0) { $0 + $1.outputs }
            guard outputs == heads.columns, attention.output.slots[0].inputs == heads.queryColumns else {
                throw TransformersError(
                    .unsupported,
                    "\(configuration.fields.path): \(heads.count) heads of \(heads.headDim) dimensions do not make up "
                        + "the hidden size \(configuration.hiddenSize).")
            }
        }
        return self
    }

    /// Every tensor of the checkpoint with its shape.
    func tensorShapes(_ configuration: ModelConfiguration) -> [String: [Int]] {
        let (vocabulary, hidden) = (configuration.vocabularySize, configuration.hiddenSize)
        var shapes = [embedding.tokens + ".weight": [vocabulary, embedding.width]]
        if let positions = embedding.positions { shapes[positions.name + ".weight"] = [positions.count, hidden] }
        for slot in [embedding.projection, head.projection].compactMap({ $0 }) {
            shapes[slot.weightName] = slot.weightShape
        }
        if let name = head.name { shapes[name + ".weight"] = [vocabulary, head.width] }
        for (name, shape) in (layers.flatMap(\.tensors) + (finalNorm?.tensors ?? [])) { shapes[name] = shape }
        return shapes
    }
}
