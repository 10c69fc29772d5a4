import ModelFiles
import Tensors

/// Any decoder as a classifier, as transformers' `…ForSequenceClassification`: the final norm, then `score` without bias, on
/// the row of the last token. The vocabulary head has no part in it, but what narrows the rows for it, OPT-350m's
/// `project_out`, does for `score` too.
extension ModelFamily {
    package static var pooling: Pooling { .last }

    package static func classifierTensorName(_ stored: String, in source: any WeightSource) -> String? {
        HeadlessSource.isHead(stored) ? nil : stored
    }

    package static func buildClassifier(_ source: any WeightSource, dtype: DType, task: ClassificationTask) throws
        -> LanguageModel
    {
        let body = try build(HeadlessSource(base: source), dtype: dtype)
        guard let vocabulary = body.head as? VocabularyHead else {
            throw TransformersError(
                .unsupported, "This base of type '\(modelType)' has no place for a classification head.",
                cause: "It is no decoder.")
        }
        let narrowed = vocabulary.projection
        let (output, isFresh) = try HeadWeights(source, task: task).linear(
            "score", outputs: task.outputs, inputs: narrowed?.outputs ?? source.configuration.hiddenSize,
            hasBias: false, index: 0)
        let head = ClassificationHead(
            task: task, norm: vocabulary.norm, pooler: narrowed.map { Pooler(.frozen($0), activation: nil) },
            output: output, isFresh: isFresh, dropout: 0)
        return LanguageModel(
            configuration: body.configuration, dtype: dtype, embedding: body.embedding, blocks: body.blocks, head: head,
            cacheLimit: body.cacheLimit)
    }
}

/// A decoder's weights without its vocabulary head, which is as if it were tied, and without a classification head.
private struct HeadlessSource: WeightSource {
    let base: any WeightSource

    var configuration: ModelConfiguration {
        var configuration = base.configuration
        configuration.tieWordEmbeddings = true
        return configuration
    }

    func shape(of name: String) -> [Int]? { base.shape(of: name) }

    func verifyComplete(expected: [String: [Int]], ignoring isIgnored: (String) -> Bool) throws {
        try base.verifyComplete(expected: expected) { name in
            isIgnored(name) || Self.isHead(name)
        }
    }

    static func isHead(_ name: String) -> Bool {
        ["lm_head.", "embed_out.", "score."].contains { name.hasPrefix($0) }
    }

    func read(_ name: String, into matrix: Matrix) throws { try base.read(name, into: matrix) }
}
