import ModelFiles
import Tensors

/// Reads the weights of a plan's parts and composes layers of them.
struct PlanBuilder {
    let source: any WeightSource
    let dtype: DType
    /// Whether the layers' projections may be packed, see `FrozenWeight`.
    let packsLayers: Bool
    /// First part of transformers' names that the checkpoint's leave out, with its dot; empty where they do not.
    var leftOut = ""

    /// - Parameter relative: a row for each distance, where attention reads them.
    func block(_ plan: LayerPlan, relative: RelativeEmbeddings? = nil) throws -> any TransformerBlock {
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
        _ plan: AttentionPlan, _ own: DisentangledPlan, relative: RelativeEmbeddings?
    ) throws -> DisentangledAttention {
        precondition(
            plan.norm == nil && plan.headNorms == nil && plan.outputNorm == nil && plan.rotary == nil
                && plan.scoring.softCap == nil, "what disentangled attention does not compute")
        precondition((own.table == nil) == (relative == nil), "positions and their table")
        let content = try group(plan.queryKeyValue)
        func project(_ plan: DisentangledPlan.Projection?, _ embeddings: RelativeEmbeddings) throws
            -> RelativeProjections.Projection?
        {
            switch plan {
            case nil: return nil
            case .content(let slot)?:
                return RelativeProjections.Projection(content: content, slot: slot, embeddings: embeddings)
            case .own(let projection)?:
                return try RelativeProjections.Projection(embeddings: embeddings) { try group(projection) }
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
            convolution: try SequenceConvolution(size: plan.size, groups: plan.groups, dtype: dtype) {
                let weight = try table(
                    plan.module, rows: plan.channels, columns: plan.columns, kind: .weight,
                    shape: [plan.channels, plan.channels / plan.groups, plan.size])
                return (weight, try vector(plan.module + ".bias", count: plan.channels, kind: .bias))
            },
            activation: plan.activation, norm: try norm(plan.norm))
    }

    private func feedForward(_ plan: FeedForwardPlan) throws -> FeedForward {
        FeedForward(
            norm: try plan.norm.map(norm), up: try group(plan.up), down: try group(plan.down), kind: plan.kind,
            outputNorm: try plan.outputNorm.map(norm), activation: dtype.compute)
    }

    /// A weight `[rows, columns]` that is looked up by rows too, and as it can be trained: nil where it is not stored in
    /// float32.
    ///
    /// - Parameter path: the module's in transformers' model.
    func weight(
        _ module: String, _ rows: Int, _ columns: Int, kind: ParameterSlot.Kind, path: String
    ) throws -> (weight: FrozenWeight, slot: ParameterSlot?) {
        let name = module + ".weight"
        let weight = try source.frozenWeight([(name, rows)], columns: columns, dtype: dtype)
        let slot = weight.memory.map {
            ParameterSlot(
                name: path + ".weight", storedName: name, shape: [rows, columns], kind: kind, value: $0)
        }
        return (weight, slot)
    }

    /// A table of float32 that is looked up by rows.
    ///
    /// - Parameter shape: in the checkpoint, where that is not of rows and columns.
    func table(
        _ module: String, rows: Int, columns: Int, kind: ParameterSlot.Kind = .embedding, shape: [Int]? = nil
    ) throws -> ParameterSlot {
        let table = Matrix(rows: rows, columns: columns)
        let name = module + ".weight"
        try source.read(name, into: table)
        return ParameterSlot(
            name: leftOut + name, storedName: name, shape: shape ?? [rows, columns], kind: kind, value: table)
    }

    /// A vector `[1, count]`.
    func vector(
        _ name: String, count: Int, kind: ParameterSlot.Kind, form: ParameterSlot.StoredForm = .same
    ) throws -> ParameterSlot {
        let slot = ParameterSlot(
            name: leftOut + name, storedName: name, shape: [count], kind: kind, form: form,
            value: Matrix(rows: 1, columns: count))
        try slot.read(source, into: slot.value)
        return slot
    }

    /// Of one slot beside the layers, without a bias.
    func group(_ slot: ProjectionSlot) throws -> ProjectionGroup {
        try source.projectionGroup([slot], bias: nil, dtype: dtype)
    }

    func group(_ plan: ProjectionPlan) throws -> ProjectionGroup {
        let bias = plan.bias.isNone ? nil : Matrix(rows: 1, columns: plan.slots.reduce(0) { $0 + $1.outputs })
        let biases = try bias.map { try self.biases(plan, in: $0) } ?? []
        return try source.projectionGroup(
            plan.slots, bias: bias, biases: biases, dtype: dtype, isLayer: packsLayers)
    }

    /// Reads the tensors of a plan's bias into their places.
    private func biases(_ plan: ProjectionPlan, in bias: Matrix) throws -> [BiasSlot] {
        var found: [BiasSlot] = []
        switch plan.bias {
        case .none: break
        case .own:
            var start = 0
            for slot in plan.slots {
                found.append(
                    BiasSlot(
                        name: slot.name + ".bias", storedName: slot.biasName, shape: [slot.outputs],
                        place: RowBlock(start..<(start + slot.outputs)), in: bias))
                slot.hasBias = true
                start += slot.outputs
            }
        case .headByHead(let query, let value, let headDim):
            let count = bias.columns / 3
            found = [(query, 0), (value, 2 * headDim)].map { name, start in
                let place = RowBlock(start: start, rows: count / headDim, columns: headDim, stride: 3 * headDim)
                return BiasSlot(
                    name: leftOut + name, storedName: name, shape: [count], place: place, in: bias)
            }
        }
        for bias in found { try bias.slot.read(source, into: bias.slot.value) }
        return found
    }

    func norm(_ plan: NormPlan) throws -> any Norm {
        switch plan.kind {
        case .rootMeanSquare: return try rmsNorm(plan)
        case .layer(hasParameters: true):
            let weight = try vector(plan.name + ".weight", count: plan.size, kind: .norm)
            let bias = try vector(plan.name + ".bias", count: plan.size, kind: .bias)
            return LayerNorm(
                weight: weight.value, bias: bias.value, epsilon: plan.epsilon, slots: (weight: weight, bias: bias))
        case .layer(hasParameters: false):
            let ones = Matrix(rows: 1, columns: plan.size)
            ones.fill(1)
            return LayerNorm(weight: ones, bias: Matrix(rows: 1, columns: plan.size), epsilon: plan.epsilon)
        }
    }

    private func rmsNorm(_ plan: NormPlan) throws -> RMSNorm {
        let isLess = if case .rootMeanSquare(addsOne: true) = plan.kind { true } else { false }
        let weight = try vector(
            plan.name + ".weight", count: plan.size, kind: .norm, form: isLess ? .minusOne : .same)
        return RMSNorm(weight: weight.value, epsilon: plan.epsilon, slot: weight)
    }
}
