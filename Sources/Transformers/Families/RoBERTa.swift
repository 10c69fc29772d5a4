import ModelFiles
import Tensors

/// RoBERTa: BERT's layers, positions that begin after the padding token's id, and a head of two projections on the
/// first token's row, both of which are trained.
///
/// Layout as in transformers' `modeling_roberta.py`; https://arxiv.org/abs/1907.11692.
enum RoBERTa {
    static let descriptor = FamilyDescriptor(
        files: FamilyFiles(
            modelType: "roberta",
            classes: TransformersClasses(base: "RobertaModel", classifier: "RobertaForSequenceClassification"),
            keys: BERTLayout.keys.with { $0.hasPaddedPositions = true },
            tokenizer: FamilyTokenizer("RobertaTokenizer"),
            gguf: .none(
                because: "lorad has no mapping of it, which llama.cpp writes under BERT's name with other positions.")),
        defaultTargets: ["query", "value"],
        scaledTargets: ScaledTargets(outputs: ["key", "value"], inputs: ["output.dense"]),
        architecture: .encoder(
            EncoderArchitecture(name: "roberta", plan: plan)))

    @Sendable private static func plan(_ configuration: ModelConfiguration) throws -> EncoderPlan {
        let (fields, hidden) = (configuration.fields, configuration.hiddenSize)
        let dropout = try fields.classifierDropout()
        let padding = try fields.int("pad_token_id", default: 1)
        return try BERTLayout(name: "roberta", configuration: configuration, positionOffset: padding + 1).plan(
            ClassifierPlan(
                pooler: ProjectionSlot(name: "classifier.dense", outputs: hidden, inputs: hidden), activation: .tanh,
                poolerDropout: dropout, dropout: dropout, output: "classifier.out_proj"))
    }
}
