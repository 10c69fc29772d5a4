import ModelFiles
import Tensors

/// RoBERTa: BERT's layers, positions that begin after the padding token's id, and a head of two projections on the first
/// token's row, both of which are trained.
///
/// Layout as in transformers' `modeling_roberta.py`; https://arxiv.org/abs/1907.11692.
package enum RoBERTa: EncoderFamily {
    package static let modelType = "roberta"
    package static let encoderName = "roberta"
    package static let defaultTargets = ["query", "value"]

    package static func tensorShapes(_ configuration: ModelConfiguration) -> [String: [Int]] {
        BERTLayout(name: "roberta", configuration).tensorShapes
    }

    package static func buildClassifier(_ source: any WeightSource, dtype: DType, task: ClassificationTask) throws
        -> LanguageModel
    {
        let checkpoint = EncoderCheckpoint(source, name: "roberta", dtype: dtype)
        let hidden = source.configuration.hiddenSize
        let heads = HeadWeights(source, task: task)
        let dropout = try checkpoint.classifierDropout()
        let dense = try heads.linear("classifier.dense", outputs: hidden, inputs: hidden, hasBias: true, index: 1)
        let (output, isFresh) = try heads.linear(
            "classifier.out_proj", outputs: task.outputs, inputs: hidden, hasBias: true, index: 0)
        let head = ClassificationHead(
            task: task, norm: nil, pooler: Pooler(.trained(dense.linear), activation: .tanh, inputDropout: dropout),
            output: output, isFresh: isFresh, dropout: dropout)
        return try BERTLayout(name: "roberta", source.configuration).build(
            checkpoint, positionOffset: try source.configuration.fields.int("pad_token_id", default: 1) + 1, head: head)
    }
}
