import ModelFiles
import Tensors

/// BERT: a post-norm encoder with learned positions and token types, pooled by its first token.
///
/// Layout as in transformers' `modeling_bert.py`; https://arxiv.org/abs/1810.04805. The pooler (dense, tanh) is the
/// checkpoint's, frozen; where that has none it is drawn at random and trained with the classifier.
package enum BERT: EncoderFamily {
    package static let modelType = "bert"
    package static let encoderName = "bert"
    package static let defaultTargets = ["query", "value"]

    package static func tensorShapes(_ configuration: ModelConfiguration) -> [String: [Int]] {
        BERTLayout(name: "bert", configuration).tensorShapes
    }

    package static func buildClassifier(_ source: any WeightSource, dtype: DType, task: ClassificationTask) throws
        -> LanguageModel
    {
        let checkpoint = EncoderCheckpoint(source, name: "bert", dtype: dtype)
        let layout = BERTLayout(name: "bert", source.configuration)
        let hidden = source.configuration.hiddenSize
        let heads = HeadWeights(source, task: task)
        let pooler: Pooler.Dense
        if source.shape(of: "\(checkpoint.prefix)pooler.dense.weight") != nil {
            pooler = .frozen(try checkpoint.group([checkpoint.slot("pooler.dense", outputs: hidden, inputs: hidden)]))
        } else {
            pooler = .trained(
                try heads.linear(
                    "bert.pooler.dense", stored: "\(checkpoint.prefix)pooler.dense", outputs: hidden, inputs: hidden,
                    hasBias: true, index: 1
                ).linear)
        }
        let (output, isFresh) = try heads.linear(
            "classifier", outputs: task.outputs, inputs: hidden, hasBias: true, index: 0)
        let head = ClassificationHead(
            task: task, norm: nil, pooler: Pooler(pooler, activation: .tanh), output: output, isFresh: isFresh,
            dropout: try checkpoint.classifierDropout())
        return try layout.build(checkpoint, positionOffset: 0, head: head)
    }
}
