import Tensors

/// One layer of a decoder or an encoder: names and sizes of its tensors, and how they compose.
struct LayerPlan {
    /// How attention and feed-forward layer follow each other.
    enum Residual {
        /// y = m + mlp(m), m = x + attention(x)
        case sequential
        /// y = x + attention(x) + mlp(x)
        case parallel
        /// y = norm₂(m + mlp(m)), m = norm₁(x + attention(x))
        case normalised(NormPlan, NormPlan)
    }

    var attention: AttentionPlan
    var feedForward: FeedForwardPlan
    var residual = Residual.sequential
    /// Beside a layer with disentangled attention.
    var convolution: ConvolutionPlan?
}

struct AttentionPlan {
    var norm: NormPlan?
    var queryKeyValue: ProjectionPlan
    var output: ProjectionPlan
    var heads: AttentionHeads
    /// Norms of each query and each key head before the rotation.
    var headNorms: (query: NormPlan, key: NormPlan)?
    /// A norm of what is added to the residual.
    var outputNorm: NormPlan?
    var rotary: RotaryPositions?
    var scoring: AttentionScoring
    /// Where positions are projected and scored by themselves; between the layer's own norms only.
    var disentangled: DisentangledPlan?
}

/// See `DisentangledAttention`.
struct DisentangledPlan {
    /// What projects the embeddings of distances.
    enum Projection {
        /// A slot of the content's own projections.
        case content(slot: Int)
        case own(ProjectionPlan)
    }

    var layout: ContentLayout
    /// Nil where attention knows no positions.
    var table: RelativePositions?
    /// Of positions as keys, which queries read.
    var keys: Projection?
    /// Of positions as queries, which keys read.
    var queries: Projection?
}

/// See `SequenceConvolution` and `ConvolutionBlock`.
struct ConvolutionPlan {
    var module: String
    var channels: Int
    var groups: Int
    /// Taps.
    var size: Int
    var activation: ActivationFunction
    var norm: NormPlan

    /// Of the weight as a matrix of one row a channel.
    var columns: Int { channels / groups * size }
}

struct FeedForwardPlan {
    var norm: NormPlan?
    var up: ProjectionPlan
    var down: ProjectionPlan
    var kind: FeedForwardKind
    /// A norm of what is added to the residual.
    var outputNorm: NormPlan?
}

/// A norm with frozen parameters.
struct NormPlan {
    enum Kind {
        /// Its weight may be stored as w − 1.
        case rootMeanSquare(addsOne: Bool)
        case layer(hasParameters: Bool)
    }

    /// Module.
    var name: String
    var size: Int
    var epsilon: Float
    var kind: Kind
}

/// Projections that are computed as one product.
struct ProjectionPlan {
    enum Bias {
        case none
        /// Each slot has one.
        case own
        /// Tensors `[heads·D]` of queries and of values, for one slot with query, key and value head by head.
        case headByHead(query: String, value: String, headDim: Int)

        var isNone: Bool { if case .none = self { true } else { false } }
    }

    var slots: [ProjectionSlot]
    var bias: Bias

    init(slots: [ProjectionSlot], bias: Bias) {
        self.slots = slots
        self.bias = bias
    }

    init(slots: [ProjectionSlot], hasBias: Bool) { self.init(slots: slots, bias: hasBias ? .own : .none) }
}
