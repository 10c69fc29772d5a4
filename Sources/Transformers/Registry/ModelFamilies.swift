import ModelFiles

/// The families that lorad knows: the only list of them.
package enum ModelFamilies {
    package static let all: [FamilyDescriptor] = [
        Llama.descriptor, Mistral.descriptor, Qwen2.descriptor, Qwen3.descriptor, Gemma.descriptor, Gemma2.descriptor,
        Gemma3Text.descriptor, Phi3.descriptor, GPT2.descriptor, OPT.descriptor, GPTNeoX.descriptor, BERT.descriptor,
        RoBERTa.descriptor, DeBERTa.descriptor, DeBERTaV2.descriptor,
    ]

    /// How their files are read and written.
    package static let files = KnownFamilies(all.map(\.files))

    /// The family of `modelType`.
    ///
    /// - Throws: `TransformersError.unsupported` naming the supported ones.
    package static func named(_ modelType: String) throws -> FamilyDescriptor {
        guard let family = all.first(where: { $0.modelType == modelType }) else {
            throw TransformersError(
                .unsupported, "Models of type '\(modelType)' are not supported.",
                advice: "Supported model types: \(all.map(\.modelType).joined(separator: ", ")).")
        }
        return family
    }
}
