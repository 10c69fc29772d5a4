import ModelFiles
import Tensors

extension EncoderPlan {
    /// Every tensor of the checkpoint with its shape, without pooler and heads.
    func tensorShapes(_ configuration: ModelConfiguration) -> [String: [Int]] {
        let (hidden, width) = (configuration.hiddenSize, embedding.width)
        var shapes = [embedding.words + ".weight": [configuration.vocabularySize, width]]
        if let (name, count, _) = embedding.positions { shapes[name + ".weight"] = [count, width] }
        if let (name, count) = embedding.types { shapes[name + ".weight"] = [count, width] }
        if let slot = embedding.projection { shapes[slot.weightName] = slot.weightShape }
        if let relative { shapes[relative.name + ".weight"] = [2 * relative.span, hidden] }
        let tensors = embedding.norm.tensors + (relative?.norm?.tensors ?? []) + layers.flatMap(\.tensors)
        for (name, shape) in tensors { shapes[name] = shape }
        return shapes
    }

    /// Reads the weights and composes the model with a classification head.
    ///
    /// - Parameter prefix: first part of every name but the classifier's, with its dot.
    /// - Throws: as reading them, where tensors are missing, unexpected, misshapen or damaged.
    func build(_ source: any WeightSource, prefix: String, dtype: DType, task: ClassificationTask) throws
        -> LanguageModel
    {
        let configuration = source.configuration
        let plan = named(as: source, prefix: prefix)
        try plan.verify(source, prefix: prefix)
        let isShort = plan.embedding.words != embedding.words
        let builder = PlanBuilder(source: source, dtype: dtype, packsLayers: false, leftOut: isShort ? prefix : "")
        let relative = try plan.relative.map { try $0.build(builder, hidden: configuration.hiddenSize) }
        return LanguageModel(
            configuration: configuration, dtype: dtype, embedding: try plan.embedding.build(builder),
            blocks: try plan.layers.map { try builder.block($0, relative: relative) },
            head: try plan.classifier.build(builder, task: task))
    }

    /// Heads, whether for classification or for pre-training, the pooler and the buffer of position ids are ignored,
    /// as is what is unused.
    private func verify(_ source: any WeightSource, prefix: String) throws {
        let poolers = ["\(prefix)pooler.", "pooler."]
        try source.verifyComplete(expected: tensorShapes(source.configuration)) { tensor in
            tensor.hasSuffix("position_ids") || EncoderArchitecture.isHead(tensor)
                || unused.contains { tensor.hasSuffix($0) } || poolers.contains { tensor.hasPrefix($0) }
        }
    }

    /// The plan with the names that the checkpoint has.
    private func named(as source: any WeightSource, prefix: String) -> EncoderPlan {
        guard let names = CheckpointNames(leavingOut: prefix, knownBy: embedding.words, in: source) else {
            return self
        }
        var plan = self
        plan.embedding.words = names.stripped(embedding.words)
        plan.embedding.positions = embedding.positions.map { (names.stripped($0.name), $0.count, $0.offset) }
        plan.embedding.types = embedding.types.map { (names.stripped($0.name), $0.count) }
        plan.embedding.projection = embedding.projection.map(names.stripped)
        plan.embedding.norm = names.stripped(embedding.norm)
        if let relative {
            plan.relative?.name = names.stripped(relative.name)
            plan.relative?.norm = relative.norm.map(names.stripped)
        }
        plan.layers = layers.map(names.stripped)
        plan.classifier.pooler = names.stripped(classifier.pooler)
        return plan
    }
}

extension EncoderEmbeddingPlan {
    fileprivate func build(_ builder: PlanBuilder) throws -> EncoderEmbedding {
        let vocabulary = builder.source.configuration.vocabularySize
        return EncoderEmbedding(
            words: try builder.table(words, rows: vocabulary, columns: width),
            positions: try positions.map { try builder.table($0.name, rows: $0.count, columns: width) },
            positionOffset: positions?.offset ?? 0,
            types: try types.map { try builder.table($0.name, rows: $0.count, columns: width) },
            projection: try projection.map { try builder.group($0) }, norm: try builder.norm(norm), padding: padding)
    }
}

extension RelativeEmbeddingPlan {
    fileprivate func build(_ builder: PlanBuilder, hidden: Int) throws -> RelativeEmbeddings {
        try RelativeEmbeddings(norm: try norm.map(builder.norm)) {
            try builder.table(name, rows: 2 * span, columns: hidden)
        }
    }
}

extension ClassifierPlan {
    fileprivate func build(_ builder: PlanBuilder, task: ClassificationTask) throws -> ClassificationHead {
        let heads = HeadWeights(builder.source, task: task)
        let dense: Pooler.Dense
        if freezesPooler, builder.source.shape(of: pooler.weightName) != nil {
            dense = .frozen(try builder.group(ProjectionPlan(slots: [pooler], bias: .own)))
        } else {
            dense = .trained(
                try heads.linear(
                    pooler.name, stored: String(pooler.weightName.dropLast(".weight".count)), outputs: pooler.outputs,
                    inputs: pooler.inputs, hasBias: true, index: 1
                ).linear)
        }
        let (linear, isFresh) = try heads.linear(
            output, outputs: task.outputs, inputs: pooler.outputs, hasBias: true, index: 0)
        return ClassificationHead(
            task: task, norm: nil, pooler: Pooler(dense, activation: activation, inputDropout: poolerDropout),
            output: linear, isFresh: isFresh, dropout: dropout)
    }
}
