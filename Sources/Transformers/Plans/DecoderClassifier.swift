import ModelFiles
import Tensors

/// Any decoder as a classifier, as transformers' `…ForSequenceClassification`: the final norm, then `score` without
/// bias, on the row of the last token. The vocabulary head has no part in it, but what narrows the rows for it,
/// OPT-350m's `project_out`, does for `score` too.
enum DecoderClassifier {
    /// - Parameter build: the decoder of a source.
    /// - Throws: as `build`, and as reading the head.
    static func model(
        _ source: any WeightSource, task: ClassificationTask, build: (any WeightSource) throws -> LanguageModel
    ) throws -> LanguageModel {
        let body = try build(HeadlessSource(base: source))
        guard let vocabulary = body.head as? VocabularyHead else {
            preconditionFailure("a decoder's plan was built without a vocabulary head")
        }
        let narrowed = vocabulary.projection
        let (output, isFresh) = try HeadWeights(source, task: task).linear(
            "score", outputs: task.outputs, inputs: narrowed?.outputs ?? source.configuration.hiddenSize,
            hasBias: false, index: 0)
        let head = ClassificationHead(
            task: task, norm: vocabulary.norm, pooler: narrowed.map { Pooler(.frozen($0), activation: nil) },
            output: output, isFresh: isFresh, dropout: 0)
        return LanguageModel(
            configuration: body.configuration, dtype: body.dtype, embedding: body.embedding, blocks: body.blocks,
            head: head, cacheLimit: body.cacheLimit)
    }

    /// Whether a tensor belongs to a vocabulary head or a classification head.
    static func isHead(_ name: String) -> Bool {
        ["lm_head.", "embed_out.", "score."].contains { name.hasPrefix($0) }
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
            isIgnored(name) || DecoderClassifier.isHead(name)
        }
    }

    func read(_ name: String, into matrix: Matrix) throws { try base.read(name, into: matrix) }

    func blocks(of name: String) throws -> StoredBlocks? { try base.blocks(of: name) }
}
