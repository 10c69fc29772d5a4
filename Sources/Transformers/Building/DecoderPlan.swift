import ModelFiles
import Tensors

/// A decoder as its family describes it: names and sizes of its tensors, and how they compose. The tensors that a
/// checkpoint must hold and the model both follow from it.
package struct DecoderPlan {
    var embedding: EmbeddingPlan
    var layers: [DecoderLayerPlan]
    /// Nil where the last layer ends in one.
    var finalNorm: NormPlan?
    var head: HeadPlan
    /// First part of every name but the head's, which older checkpoints leave out, with its dot.
    var prefix: String
    /// Ends of the names of buffers in older checkpoints, which are computed anew.
    var bufferSuffixes: [String] = []
    /// Where longer sequences rotate all their positions otherwise, see `RotaryPositions`.
    var cacheLimit: Int?
}

/// Token ids to rows.
struct EmbeddingPlan {
    /// Module with the table `[V, width]`.
    var tokens: String
    var width: Int
    /// A factor on every row.
    var scale: Float = 1
    /// Learned positions, of which the first `offset` belong to none.
    var positions: (name: String, count: Int, offset: Int)?
    /// `[d, width]`, where rows of the table are narrower than the model's.
    var projection: ProjectionSlot?
}

/// The last layer's rows to logits.
struct HeadPlan {
    /// Module with the weight `[V, width]`; nil where it is the embedding's.
    var name: String?
    var width: Int
    /// `[width, d]`, where the head is narrower than the model.
    var projection: ProjectionSlot?
    /// c in c·tanh(logit/c).
    var softCap: Float?
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
    var slots: [ProjectionSlot]
    var hasBias: Bool
}

/// One layer.
struct DecoderLayerPlan {
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
}

struct FeedForwardPlan {
    var norm: NormPlan?
    var up: ProjectionPlan
    var down: ProjectionPlan
    var kind: FeedForwardKind
    /// A norm of what is added to the residual.
    var outputNorm: NormPlan?
}
