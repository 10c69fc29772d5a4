import Tensors

extension LanguageModel {
    /// Reads the weights of `source` and builds the model of its `model_type`.
    ///
    /// - Parameter task: gives the model a classification head, the checkpoint's where it holds one of that size; nil:
    ///   the model predicts the next token.
    /// - Throws: `TransformersError.unsupported` for an unknown model type, or an encoder without a task;
    ///   `ModelFilesError` where tensors are missing, unexpected, misshapen or damaged.
    package static func load(_ source: any WeightSource, dtype: DType, task: ClassificationTask? = nil) throws
        -> LanguageModel
    {
        let family = try ModelFamilies.named(source.configuration.modelType)
        guard let task else { return try family.build(source, dtype: dtype) }
        return try family.buildClassifier(source, dtype: dtype, task: task)
    }
}
