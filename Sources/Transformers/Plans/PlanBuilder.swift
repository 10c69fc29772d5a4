import ModelFiles
import Tensors

/// Reads the weights of a plan's parts and composes layers of them.
struct PlanBuilder {
    let source: any WeightSource
    let dtype: DType
    /// Whether the layers' projections may be packed, see `FrozenWeight`.
    let packsLayers: Bool

    /// - Parameter relative: a row for each distance, where attention reads them.
    func block(_ plan: LayerPlan, relative: Matrix? = nil) throws -> any TransformerBlock {
        let feedForward = try feedForward(plan.feedForward)
        // A part that no block computes would be loaded, and left out of the sum without a word.
        let isBetweenNorms = if case .normalised = plan.residual { true } else { false }
        precondition(isBetweenNorms || plan.attention.disentangled == nil, "disentangled attention's place")
        precondition(plan.convolution == nil || plan.attention.disentangled != nil, "a convolution's layer")
        switch plan.residual {
        case .sequential: return DecoderBlock(attention: try attention(plan.attention), mlp: feedForward)
        case .parallel: return ParallelBlock(attention: try attention(plan.attention), mlp: feedForward)
        case .normalised(let first, let second):
            guard let own = plan.attention.disentangled else {
                return EncoderBlock(
                    attention: try attention(plan.attention), attentionNorm: try norm(first), feedForward: feedForward,
                    outputNorm: try norm(second))
            }
            let block = EncoderBlock(
                attention: try disentangled(plan.attention, own, relative: relative), attentionNorm: try norm(first),
                feedForward: feedForward, outputNorm: try norm(second))
            return try plan.convolution.map { try convolved(block, $0) } ?? block
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

    private func disentangled(
        _ plan: AttentionPlan, _ own: DisentangledPlan, relative: Matrix?
    ) throws -> DisentangledAttention {
        precondition(
            plan.norm == nil && plan.headNorms == nil && plan.outputNorm == nil && plan.rotary == nil
                && plan.scoring.softCap == nil, "what disentangled attention does not compute")
        precondition((own.table == nil) == (relative == nil), "positions and their table")
        let content = try group(plan.queryKeyValue)
        func project(_ plan: DisentangledPlan.Projection?, _ embeddings: Matrix) throws
            -> RelativeProjections.Projection?
        {
            switch plan {
            case nil: return nil
            case .content(let slot)?:
                return RelativeProjections.Projection(content, slot: slot, embeddings: embeddings)
            case .own(let projection)?:
                return RelativeProjections.Projection(try group(projection), embeddings: embeddings)
            }
        }
        var positions: RelativeProjections?
        if let table = own.table, let relative {
            positions = RelativeProjections(
                table: table, embeddings: relative, keys: try project(own.keys, relative),
                queries: try project(own.queries, relative))
        }
        return DisentangledAttention(
            content: content, layout: own.layout, positions: positions, output: try group(plan.output),
            heads: plan.heads.count, scale: plan.scoring.scale, activation: dtype.compute)
    }

    private func convolved(
        _ block: EncoderBlock<DisentangledAttention>, _ plan: ConvolutionPlan
    ) throws -> any TransformerBlock {
        ConvolutionBlock(
            block: block,
            convolution: SequenceConvolution(
                weight: try table(plan.module, rows: plan.channels, columns: plan.columns),
                bias: try source.vector(plan.module + ".bias", count: plan.channels), size: plan.size,
                groups: plan.groups, dtype: dtype),
            activation: plan.activation, norm: try norm(plan.norm))
    }

    private func feedForward(_ plan: FeedForwardPlan) throws -> FeedForward {
        FeedForward(
            norm: try plan.norm.map(norm), up: try group(plan.up), down: try group(plan.down), kind: plan.kind,
            outputNorm: try plan.outputNorm.map(norm), activation: dtype.compute)
    }

    func weight(_ module: String, _ rows: Int, _ columns: Int) throws -> FrozenWeight {
        try source.frozenWeight([(module + ".weight", rows)], columns: columns, dtype: dtype)
    }

    /// A table of float32 that is looked up by rows.
    func table(_ module: String, rows: Int, columns: Int) throws -> Matrix {
        let table = Matrix(rows: rows, columns: columns)
        try source.read(module + ".weight", into: table)
        return table
    }

    /// Of one slot beside the layers, without a bias.
    func group(_ slot: ProjectionSlot) throws -> ProjectionGroup {
        try source.projectionGroup([slot], bias: nil, dtype: dtype)
    }

    func group(_ plan: ProjectionPlan) throws -> ProjectionGroup {
        try source.projectionGroup(plan.slots, bias: try bias(plan), dtype: dtype, isLayer: packsLayers)
    }

    private func bias(_ plan: ProjectionPlan) throws -> Matrix? {
        let bias = Matrix(rows: 1, columns: plan.slots.reduce(0) { $0 + $1.outputs })
        switch plan.bias {
        case .none: return nil
        case .own:
            var start = 0
            for slot in plan.slots {
                try source.read(slot.biasName, into: bias.columns(start..<(start + slot.outputs)))
                slot.hasBias = true
                start += slot.outputs
            }
        case .headByHead(let query, let value, let headDim):
            let count = bias.columns / 3
            let (query, value) = (try source.vector(query, count: count), try source.vector(value, count: count))
            for start in stride(from: 0, to: count, by: headDim) {
                let head = start..<(start + headDim)
                bias.columns((3 * start)..<(3 * start + headDim)).copy(from: query.columns(head))
                bias.columns((3 * start + 2 * headDim)..<(3 * start + 3 * headDim)).copy(from: value.columns(head))
            }
        }
        return bias
    }

    func norm(_ plan: NormPlan) throws -> any Norm {
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
