import Common

/// The shape of a model, from config.json or from GGUF metadata under the same names.
package struct ModelConfiguration: Sendable {
    /// How the family's files are read and written.
    package var family: FamilyFiles
    package var hiddenSize: Int
    package var intermediateSize: Int
    package var layers: Int
    package var heads: Int
    package var keyValueHeads: Int
    package var headDim: Int
    package var vocabularySize: Int
    package var maxPositions: Int
    /// Base of the rotary frequencies, where the family has them.
    package var ropeTheta: Float
    /// ε of the norms.
    package var normEpsilon: Float
    /// The embedding is the vocabulary head too.
    package var tieWordEmbeddings: Bool
    package var bosTokenID: Int?
    /// Any of these ends a text; the first is the one to append.
    package var eosTokenIDs: [Int]
    /// The whole document, from which a family reads what only it has. Not compared by `==`.
    package var fields: ConfigurationFields

    /// Hugging Face's `model_type`, such as `llama`.
    package var modelType: String { family.modelType }

    /// All fields as they are; not checked.
    package init(
        family: FamilyFiles, hiddenSize: Int, intermediateSize: Int, layers: Int, heads: Int, keyValueHeads: Int,
        headDim: Int, vocabularySize: Int, maxPositions: Int, ropeTheta: Float, normEpsilon: Float,
        tieWordEmbeddings: Bool, bosTokenID: Int?, eosTokenIDs: [Int],
        fields: ConfigurationFields = .empty
    ) {
        self.family = family
        self.hiddenSize = hiddenSize
        self.intermediateSize = intermediateSize
        self.layers = layers
        self.heads = heads
        self.keyValueHeads = keyValueHeads
        self.headDim = headDim
        self.vocabularySize = vocabularySize
        self.maxPositions = maxPositions
        self.ropeTheta = ropeTheta
        self.normEpsilon = normEpsilon
        self.tieWordEmbeddings = tieWordEmbeddings
        self.bosTokenID = bosTokenID
        self.eosTokenIDs = eosTokenIDs
        self.fields = fields
    }

    /// No size of a model is larger, so that the product of two fits an `Int`.
    package static let largestSize = 1 << 24

    /// Checks what no model can do without, so that later arithmetic cannot overflow or divide by zero.
    ///
    /// - Throws: `ModelFilesError.malformed` for impossible sizes.
    func checked(_ source: String) throws -> ModelConfiguration {
        let sizes = [
            ("hidden_size", hiddenSize), ("intermediate_size", intermediateSize), ("num_hidden_layers", layers),
            ("num_attention_heads", heads), ("num_key_value_heads", keyValueHeads), ("head_dim", headDim),
            ("vocab_size", vocabularySize), ("max_position_embeddings", maxPositions),
        ]
        // Every layer has a dozen names of tensors, which are made up before the weights are looked at.
        let mostLayers = 1 << 12
        for (name, size) in sizes {
            let largest = name == "num_hidden_layers" ? mostLayers : Self.largestSize
            guard size < 1 || size > largest else { continue }
            throw ModelFilesError(.malformed, "\(source): \(name) is \(size), not between 1 and \(largest).")
        }
        guard heads % keyValueHeads == 0 else {
            throw ModelFilesError(
                .malformed, "\(source): \(heads) attention heads cannot share \(keyValueHeads) key/value heads.")
        }
        let keys = family.keys
        guard keys.groupedHeads != nil || (headDim * heads == hiddenSize && keyValueHeads == heads) else {
            throw ModelFilesError(
                .malformed,
                "\(source): the hidden size \(hiddenSize) is not that of \(heads) attention heads with keys of their own."
            )
        }
        guard headDim % 2 == 0 || keys.rotary == nil else {
            throw ModelFilesError(
                .malformed, "\(source): the head dimension \(headDim) is odd; rotary positions need pairs.")
        }
        guard ropeTheta.isFinite, ropeTheta > 0, normEpsilon.isFinite, normEpsilon > 0 else {
            throw ModelFilesError(
                .malformed,
                "\(source): \(keys.rotary?.theta ?? "rope_theta") (\(ropeTheta)) and \(keys.epsilon ?? "the norms' epsilon") "
                    + "(\(normEpsilon)) must be positive.")
        }
        for id in eosTokenIDs + [bosTokenID].compactMap({ $0 }) where id < 0 || id >= vocabularySize {
            throw ModelFilesError(
                .malformed, "\(source): the special token id \(id) lies outside the vocabulary of \(vocabularySize).")
        }
        return self
    }
}

extension ModelConfiguration: Equatable {
    package static func == (one: ModelConfiguration, other: ModelConfiguration) -> Bool {
        one.sizes == other.sizes && one.modelType == other.modelType && one.ropeTheta == other.ropeTheta
            && one.normEpsilon == other.normEpsilon && one.tieWordEmbeddings == other.tieWordEmbeddings
            && one.bosTokenID == other.bosTokenID && one.eosTokenIDs == other.eosTokenIDs
    }

    private var sizes: [Int] {
        [hiddenSize, intermediateSize, layers, heads, keyValueHeads, headDim, vocabularySize, maxPositions]
    }
}
