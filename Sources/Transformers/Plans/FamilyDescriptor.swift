import ModelFiles
import Tensors

/// Everything that lorad knows of one `model_type`: how its files are read and written, what is adapted where nobody
/// says it, and how its checkpoints are laid out and computed. Whatever depends on a base's family asks its
/// descriptor.
package struct FamilyDescriptor: Sendable {
    /// How a family's checkpoints are laid out and computed.
    enum Architecture: Sendable {
        /// Predicts the next token, or classifies by the row of the last.
        ///
        /// The plan throws `TransformersError.unsupported` for settings that lorad does not compute, or
        /// `ModelFilesError.malformed`.
        case decoder(plan: @Sendable (ModelConfiguration) throws -> DecoderPlan)
        /// Reads text in both directions, and classifies it by the row of the first token.
        case encoder(EncoderArchitecture)
    }

    package let files: FamilyFiles
    /// Names of the projections that PEFT adapts in a model of this type where none are named.
    package let defaultTargets: [String]
    /// What PEFT scales with (IA)³ in a model of this type where nothing is named; nil where it has no list.
    package var scaledTargets: ScaledTargets?
    let architecture: Architecture

    package var modelType: String { files.modelType }

    /// Whether it classifies only.
    package var isEncoder: Bool {
        if case .encoder = architecture { true } else { false }
    }

    /// How sequences are classified.
    package var pooling: Pooling { isEncoder ? .first : .last }

    /// Every tensor a checkpoint must hold, by Hugging Face name, with its shape.
    ///
    /// - Throws: as `build` where the configuration asks for what lorad does not compute.
    package func tensorShapes(_ configuration: ModelConfiguration) throws -> [String: [Int]] {
        switch architecture {
        case .decoder(let plan): try plan(configuration).checked(configuration).tensorShapes(configuration)
        case .encoder(let encoder): try encoder.plan(configuration).tensorShapes(configuration)
        }
    }

    /// Reads the weights and composes the model.
    ///
    /// - Throws: `TransformersError.unsupported` for an encoder, or settings that lorad does not compute;
    ///   `ModelFilesError` where tensors are missing, unexpected, misshapen or damaged.
    package func build(_ source: any WeightSource, dtype: DType) throws -> LanguageModel {
        switch architecture {
        case .decoder(let plan):
            let configuration = source.configuration
            return try plan(configuration).checked(configuration).build(source, dtype: dtype)
        case .encoder:
            throw TransformersError(
                .unsupported,
                "A base of type '\(modelType)' is an encoder: it classifies text and does not generate any.",
                advice: "Train it on rows of dataset.format classification, and ask it with `lorad score --text`.")
        }
    }

    /// Reads the weights and composes the model with a classification head.
    ///
    /// - Throws: as `build`, but for an encoder.
    package func buildClassifier(_ source: any WeightSource, dtype: DType, task: ClassificationTask) throws
        -> LanguageModel
    {
        switch architecture {
        case .decoder: try DecoderClassifier.model(source, task: task) { try build($0, dtype: dtype) }
        case .encoder(let encoder):
            try encoder.plan(source.configuration).build(source, prefix: encoder.prefix, dtype: dtype, task: task)
        }
    }

    /// The name that a tensor of a base's checkpoint has in transformers' classifier of the family; nil where a
    /// classifier does not have it, such as a vocabulary head.
    ///
    /// - Throws: as `tensorShapes`.
    package func classifierTensorName(_ stored: String, in source: any WeightSource) throws -> String? {
        switch architecture {
        case .decoder: DecoderClassifier.isHead(stored) ? nil : stored
        case .encoder(let encoder): try encoder.classifierTensorName(stored, in: source)
        }
    }
}

/// Names of projections that are scaled where nothing is named, and of those among them whose inputs are, not their
/// outputs.
package struct ScaledTargets: Sendable, Equatable {
    package let all: [String]
    package let inputs: [String]

    init(outputs: [String], inputs: [String]) {
        all = outputs + inputs
        self.inputs = inputs
    }
}
