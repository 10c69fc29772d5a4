/// What a family calls the sizes that every model has, and transformers' defaults for those that may be absent.
///
/// Names and defaults as in transformers' `configuration_<model_type>.py`.
package struct ConfigurationKeys: Sendable {
    package var hidden = "hidden_size"
    package var intermediate = "intermediate_size"
    /// Width of the feed-forward layers over `hidden` where it may be absent.
    package var intermediateRatio: Int?
    package var layers = "num_hidden_layers"
    package var heads = "num_attention_heads"
    /// Other names of the same sizes, which win where a file has both: transformers' `attribute_map` sets them last.
    package var aliases: [String: String] = [:]
    /// Where heads may share keys and values, and be wider than hidden / heads. Elsewhere these keys are not the
    /// family's, and are not read.
    package var groupedHeads: GroupedHeads?
    package var maxPositions = "max_position_embeddings"
    package var defaultMaxPositions: Int
    /// Nil where the norms' epsilon cannot be set.
    package var epsilon: String?
    package var defaultEpsilon: Float
    package var tiesWordEmbeddings: Bool
    /// Nil where the family has no rotary positions.
    package var rotary: Rotary?
    /// Module of the embedding, and of the vocabulary head that may be the same weights; nil for an encoder.
    package var vocabulary: (embedding: String, head: String)?
    /// Positions up to the padding token's id are not used.
    package var hasPaddedPositions = false

    /// Llama's names, and none of grouped heads and rotary positions; what differs is set afterwards.
    package init(
        defaultMaxPositions: Int, epsilon: String?, defaultEpsilon: Float, tiesWordEmbeddings: Bool,
        vocabulary: (embedding: String, head: String)?
    ) {
        self.defaultMaxPositions = defaultMaxPositions
        self.epsilon = epsilon
        self.defaultEpsilon = defaultEpsilon
        self.tiesWordEmbeddings = tiesWordEmbeddings
        self.vocabulary = vocabulary
    }

    /// Base of the rotary frequencies where a file names none.
    package var defaultTheta: Float { rotary?.defaultTheta ?? Rotary.usualTheta }

    /// These with some of them changed.
    package func with(_ change: (inout ConfigurationKeys) -> Void) -> ConfigurationKeys {
        var keys = self
        change(&keys)
        return keys
    }

    /// Defaults of `num_key_value_heads` and `head_dim`.
    package struct GroupedHeads: Sendable {
        /// Key/value heads where the key is absent; nil for as many as heads, which null stands for too.
        package var defaultKeyValueHeads: Int?
        /// A head's dimensions where they may be absent; nil for hidden / heads.
        package var defaultHeadDim: Int?

        package init(defaultKeyValueHeads: Int? = nil, defaultHeadDim: Int? = nil) {
            self.defaultKeyValueHeads = defaultKeyValueHeads
            self.defaultHeadDim = defaultHeadDim
        }
    }

    /// Keys of the rotary positions at the top level.
    package struct Rotary: Sendable {
        /// Of the base of the frequencies.
        package var theta: String
        package var defaultTheta: Float
        /// Of the share of a head's dimensions that is rotated.
        package var share: String
        package var defaultShare: Float
        /// Of the base of the frequencies in layers with a window, where those have settings of their own.
        package var slidingTheta: String?

        package init(
            theta: String = "rope_theta", defaultTheta: Float = Rotary.usualTheta,
            share: String = "partial_rotary_factor", defaultShare: Float = 1, slidingTheta: String? = nil
        ) {
            self.theta = theta
            self.defaultTheta = defaultTheta
            self.share = share
            self.defaultShare = defaultShare
            self.slidingTheta = slidingTheta
        }

        package static let usualTheta: Float = 10_000
    }
}
