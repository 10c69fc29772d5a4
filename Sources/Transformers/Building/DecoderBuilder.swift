import ModelFiles
import Tensors

/// Reads the weights of a plan and composes the model.
struct DecoderBuilder {
    let source: any WeightSource
    let dtype: DType

    func model(_ plan: DecoderPlan) throws -> LanguageModel {
        let configuration = source.configuration
        try source.verifyComplete(expected: plan.tensorShapes(configuration), ignoring: plan.isIgnored)
        let vocabulary = configuration.vocabularySize
        let table = try weight(plan.embedding.tokens, vocabulary, plan.embedding.width)
        let headWeight = try plan.head.name.map { try weight($0, vocabulary, plan.head.width) } ?? table
        let head = VocabularyHead(
            norm: try plan.finalNorm.map(norm),
            projection: try plan.head.projection.map(group),
            weight: headWeight, softCap: plan.head.softCap, activation: dtype.compute)
        return LanguageModel(
            configuration: configuration, dtype: dtype, embedding: try embedding(plan.embedding, table: table),
            blocks: try plan.layers.map(block), head: head, cacheLimit: plan.cacheLimit)
    }

    private func embedding(_ plan: EmbeddingPlan, table: FrozenWeight) throws -> any InputEmbedding {
        let hidden = source.configuration.hiddenSize
        let tokens = TokenEmbedding(
            table: table, scale: plan.scale, projection: try plan.projection.map(group))
        guard let (name, count, offset) = plan.positions else { return tokens }
        let positions = Matrix(rows: count, columns: hidden)
        try source.read(name + ".weight", into: positions)
        return LearnedPositionEmbedding(tokens: tokens, positions: positions, offset: offset)
    }

    /// Of one slot, without a bias.
    private func group(_ slot: ProjectionSlot) throws -> ProjectionGroup {
        try source.projectionGroup([slot], hasBias: false, dtype: dtype)
    }

    private func block(_ plan: DecoderLayerPlan) throws -> any TransformerBlock {
        let attention = try attention(plan.attention)
        let feedForward = try feedForward(plan.feedForward)
        switch plan.residual {
        case .sequential: return DecoderBlock(attention: attention, mlp: feedForward)
        case .parallel: return ParallelBlock(attention: attention, mlp: feedForward)
        case .normalised(let first, let second):
            return EncoderBlock(
                attention: attention, attentionNorm: try norm(first), feedForward: feedForward,
                outputNorm: try norm(second))
        }
    }

    private func attention(_ plan: AttentionPlan) throws -> SelfAttention {
        SelfAttention(
            norm: try plan.norm.map(norm), queryKeyValue: try group(plan.queryKeyValue),
            output: try group(plan.output), heads: plan.heads,
            headNorms: try plan.headNorms.map { (query: try rmsNorm($0.query), key: try rmsNorm($0.key)) },
            outputNorm: try plan.outputNorm.map(norm), rotary: plan.rotary, scoring: plan.scoring,
            activation: dtype.compute)
    }

    private func feedForward(_ plan: FeedForwardPlan) throws -> FeedForward {
        FeedForward(
            norm: try plan.norm.map(norm), up: try group(plan.up), down: try group(plan.down), kind: plan.kind,
            outputNorm: try plan.outputNorm.map(norm), activation: dtype.compute)
    }

    private func weight(_ module: String, _ rows: Int, _ columns: Int) throws -> FrozenWeight {
        try source.frozenWeight([(module + ".weight", rows)], columns: columns, dtype: dtype)
    }

    private func group(_ plan: ProjectionPlan) throws -> ProjectionGroup {
        try source.projectionGroup(plan.slots, hasBias: plan.hasBias, dtype: dtype)
    }

    private func norm(_ plan: NormPlan) throws -> any Norm {
        switch plan.kind {
        case .rootMeanSquare: return try rmsNorm(plan)
        case .layer(hasParameters: true):
            return LayerNorm(
                weight: try source.vector(plan.name + ".weight", count: plan.size),
                bias: try source.vector(plan.name + ".bias", count: plan.size), epsilon: plan.epsilon)
        case .layer(hasParameters: false):
            let ones = Matrix(rows: 1, columns: plan.size)
            ones.fill(1)
            return LayerNorm(weight: ones, bias: Matrix(rows: 1, columns: plan.size), epsilon: plan.epsilon)
        }
    }

    private func rmsNorm(_ plan: NormPlan) throws -> RMSNorm {
        let weight = try source.vector(plan.name + ".weight", count: plan.size)
        if case .rootMeanSquare(addsOne: true) = plan.kind {
            weight.withRow(0) { row in
                for index in row.indices { row[index] += 1 }
            }
        }
        return RMSNorm(weight: weight, epsilon: plan.epsilon)
    }
}
