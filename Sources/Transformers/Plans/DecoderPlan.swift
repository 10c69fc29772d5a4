/// A decoder as its family describes it: names and sizes of its tensors, and how they compose. The tensors that a
/// checkpoint must hold and the model both follow from it.
package struct DecoderPlan {
    var embedding: EmbeddingPlan
    var layers: [LayerPlan]
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
    /// A token whose lookups do not train its row, as of PyTorch's `nn.Embedding(padding_idx=…)`.
    var padding: Int32?
    /// Learned positions, of which the first `offset` belong to none.
    var positions: (name: String, count: Int, offset: Int)?
    /// `[d, width]`, where rows of the table are narrower than the model's.
    var projection: ProjectionSlot?
}

/// The last layer's rows to logits.
struct HeadPlan {
    /// Module with the weight `[V, width]`; nil where it is the embedding's.
    var name: String?
    /// Its path in transformers' model, where that is not the name that checkpoints have.
    var path: String?
    var width: Int
    /// `[width, d]`, where the head is narrower than the model.
    var projection: ProjectionSlot?
    /// c in c·tanh(logit/c).
    var softCap: Float?
}
