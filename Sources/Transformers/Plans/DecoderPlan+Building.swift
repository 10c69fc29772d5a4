import ModelFiles
import Tensors

extension DecoderPlan {
    /// Reads the weights and composes the model.
    ///
    /// - Throws: as reading them, where tensors are missing, unexpected, misshapen or damaged.
    func build(_ source: any WeightSource, dtype: DType) throws -> LanguageModel {
        let configuration = source.configuration
        let plan = named(as: source)
        try source.verifyComplete(expected: plan.tensorShapes(configuration), ignoring: plan.isIgnored)
        let isShort = plan.embedding.tokens != embedding.tokens
        let builder = PlanBuilder(source: source, dtype: dtype, packsLayers: true, leftOut: isShort ? prefix : "")
        let vocabulary = configuration.vocabularySize
        let table = try builder.weight(
            plan.embedding.tokens, vocabulary, plan.embedding.width, kind: .embedding,
            path: builder.leftOut + plan.embedding.tokens)
        let own = try plan.head.name.map {
            try builder.weight($0, vocabulary, plan.head.width, kind: .weight, path: plan.head.path ?? $0)
        }
        let head = VocabularyHead(
            norm: try plan.finalNorm.map(builder.norm),
            projection: try plan.head.projection.map { try builder.group($0) },
            weight: (own ?? table).weight, slot: (own ?? table).slot, softCap: plan.head.softCap,
            activation: dtype.compute)
        return LanguageModel(
            configuration: configuration, dtype: dtype,
            embedding: try plan.embedding.build(builder, table: table, hidden: configuration.hiddenSize),
            blocks: try plan.layers.map { try builder.block($0) }, head: head, cacheLimit: plan.cacheLimit)
    }

    /// The plan with the names that the checkpoint has.
    private func named(as source: any WeightSource) -> DecoderPlan {
        guard let names = CheckpointNames(leavingOut: prefix, knownBy: embedding.tokens, in: source) else {
            return self
        }
        var plan = self
        plan.embedding.tokens = names.stripped(embedding.tokens)
        plan.embedding.positions = embedding.positions.map { (names.stripped($0.name), $0.count, $0.offset) }
        plan.embedding.projection = embedding.projection.map(names.stripped)
        plan.head.projection = head.projection.map(names.stripped)
        plan.finalNorm = finalNorm.map(names.stripped)
        plan.layers = layers.map(names.stripped)
        return plan
    }

    /// Whether a tensor of the checkpoint is a buffer.
    private func isIgnored(_ name: String) -> Bool { bufferSuffixes.contains { name.hasSuffix($0) } }
}

extension EmbeddingPlan {
    fileprivate func build(
        _ builder: PlanBuilder, table: (weight: FrozenWeight, slot: ParameterSlot?), hidden: Int
    ) throws -> any InputEmbedding {
        let tokens = TokenEmbedding(
            table: table.weight, name: self.tokens, path: builder.leftOut + self.tokens, scale: scale,
            projection: try projection.map { try builder.group($0) }, slot: table.slot, padding: padding)
        guard let (name, count, offset) = positions else { return tokens }
        let rows = try builder.table(name, rows: count, columns: hidden)
        return LearnedPositionEmbedding(tokens: tokens, positions: rows, offset: offset)
    }
}
