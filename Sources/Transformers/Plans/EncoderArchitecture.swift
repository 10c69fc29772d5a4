import ModelFiles

/// A family that reads text in both directions: it classifies, and does not generate.
struct EncoderArchitecture: Sendable {
    /// The attribute under which transformers' classifiers hold the encoder, such as `bert`: the first part of its
    /// tensors' names, which a checkpoint that was saved without a head leaves out.
    let name: String
    /// Throws `TransformersError.unsupported` for settings that lorad does not compute, or `ModelFilesError.malformed`.
    let plan: @Sendable (ModelConfiguration) throws -> EncoderPlan

    var prefix: String { "\(name)." }

    /// The name that a tensor of a base's checkpoint has in the classifier; nil where that does not have it.
    ///
    /// - Throws: as `plan`.
    func classifierTensorName(_ stored: String, in source: any WeightSource) throws -> String? {
        guard !stored.hasSuffix("position_ids"), !Self.isHead(stored) else { return nil }
        let words = try plan(source.configuration).embedding.words
        let leavesOut = CheckpointNames(leavingOut: prefix, knownBy: words, in: source) != nil
        return leavesOut ? prefix + stored : stored
    }

    /// Whether a tensor belongs to a head for pre-training or classification.
    static func isHead(_ tensor: String) -> Bool {
        ["cls.", "lm_head.", "lm_predictions.", "mask_predictions.", "classifier."].contains { tensor.hasPrefix($0) }
    }
}
