import ModelFiles
import Tensors

/// One architecture: which tensors its checkpoints hold and how layers compose into a model.
package protocol ModelFamily {
    /// `model_type` in config.json.
    static var modelType: String { get }
    /// Names of the projections that PEFT adapts in a model of this type where none are named.
    static var defaultTargets: [String] { get }
    /// How sequences are classified.
    static var pooling: Pooling { get }
    /// Every tensor a checkpoint must hold, by Hugging Face name, with its shape.
    ///
    /// - Throws: as `build` where the configuration asks for what lorad does not compute.
    static func tensorShapes(_ configuration: ModelConfiguration) throws -> [String: [Int]]
    /// Reads the weights and composes the model.
    static func build(_ source: any WeightSource, dtype: DType) throws -> LanguageModel
    /// The name that a tensor of a base's checkpoint has in transformers' classifier of the family; nil where a
    /// classifier does not have it, such as a vocabulary head.
    static func classifierTensorName(_ stored: String, in source: any WeightSource) -> String?
    /// Reads the weights and composes the model with a classification head.
    static func buildClassifier(_ source: any WeightSource, dtype: DType, task: ClassificationTask) throws
        -> LanguageModel
}

extension ModelFamily {
    package static var defaultTargets: [String] { ["q_proj", "v_proj"] }
}

/// The families that lorad knows, by `model_type`.
package enum ModelFamilies {
    package static var all: [any ModelFamily.Type] {
        [
            Llama.self, Mistral.self, Qwen2.self, Qwen3.self, Gemma.self, Gemma2.self, Gemma3Text.self, Phi3.self,
            GPT2.self, OPT.self, GPTNeoX.self, BERT.self, RoBERTa.self, DeBERTa.self, DeBERTaV2.self,
        ]
    }

    /// The family of `modelType`.
    ///
    /// - Throws: `TransformersError.unsupported` naming the supported ones.
    package static func named(_ modelType: String) throws -> any ModelFamily.Type {
        guard let family = all.first(where: { $0.modelType == modelType }) else {
            throw TransformersError(
                .unsupported, "Models of type '\(modelType)' are not supported.",
                advice: "Supported model types: \(all.map { $0.modelType }.joined(separator: ", ")).")
        }
        return family
    }
}
