import Tensors

/// An encoder as its family describes it: names and sizes of its tensors, how they compose, and the head that
/// classifies over it. The tensors that a checkpoint must hold and the model both follow from it.
package struct EncoderPlan {
    var embedding: EncoderEmbeddingPlan
    /// What attention reads of distances; the same in every layer.
    var relative: RelativeEmbeddingPlan?
    var layers: [LayerPlan]
    var classifier: ClassifierPlan
    /// Ends of the names of tensors that a checkpoint may hold and the configuration does not use.
    var unused: [String] = []
}

/// See `EncoderEmbedding`.
struct EncoderEmbeddingPlan {
    /// Module with the table `[V, width]`.
    var words: String
    var width: Int
    /// A token whose lookups do not train its row, as of PyTorch's `nn.Embedding(padding_idx=…)`.
    var padding: Int32?
    /// Learned positions, of which the first `offset` belong to none.
    var positions: (name: String, count: Int, offset: Int)?
    var types: (name: String, count: Int)?
    /// `[d, width]`, where rows of the tables are narrower than the model's.
    var projection: ProjectionSlot?
    var norm: NormPlan
}

/// A row for each distance.
struct RelativeEmbeddingPlan {
    /// Module with the table `[2·span, d]`, its last distance first.
    var name: String
    var span: Int
    /// Of each row.
    var norm: NormPlan?
}

/// A dense layer over the first token's row, and the classifier over that.
struct ClassifierPlan {
    /// `[d, d]`.
    var pooler: ProjectionSlot
    /// Whether the checkpoint's own pooler, where it has one, is frozen; else it is trained with the classifier.
    var freezesPooler = false
    var activation: ActivationFunction
    /// Probabilities of dropping what the pooler and the classifier read.
    var poolerDropout: Float = 0
    var dropout: Float
    /// Module of the classifier.
    var output: String
}
