import Tensors
import Tokenizers
import Transformers

/// What evaluation needs of a model that classifies whole texts. Calls come from one thread at a time; dropout is off.
package protocol ClassifyingModel: AnyObject {
    /// The most tokens a text may have.
    var maximumPositions: Int { get }
    /// Whether what sequences of a call have in common, from their beginning on, is computed once.
    var computesPrefixesOnce: Bool { get }

    /// The head's outputs for each text: logits of the classes, or the value of a regression. A text never sees another;
    /// the caller keeps a call within its token budget.
    func classify(_ texts: [EncodedText]) throws -> [[Float]]
}

extension LanguageModel: ClassifyingModel {
    /// - Throws: `TransformersError.unsupported` without a classification head, `.tooLong`, `.mismatch`.
    package func classify(_ texts: [EncodedText]) throws -> [[Float]] {
        guard classifier != nil else {
            throw TransformersError(.unsupported, "This model has no classification head.")
        }
        let pooling = try ModelFamilies.named(configuration.modelType).pooling
        var batch = PackedBatch()
        for text in texts {
            batch.append(
                tokens: text.ids, types: text.typeIDs, position: pooling.position(count: text.ids.count), class: 0)
        }
        let logits = try logits(batch)
        return (0..<logits.rows).map { row in logits.withRow(row) { Array($0) } }
    }
}
