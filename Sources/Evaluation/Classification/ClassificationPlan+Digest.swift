import Tokenizers

extension ClassificationPlan {
    /// SHA-256 of the texts that a model is given: two plans of one digest have the same predictions. What they are held
    /// against is none of it.
    package var digest: String {
        var digest = NumberDigest()
        digest.add(rows.count)
        for row in rows { row.text.add(to: &digest) }
        return digest.hexadecimal()
    }

    /// Whether these can be predictions of the rows, one each in their order.
    package func admits(_ predictions: [Prediction]) -> Bool {
        predictions.count == rows.count && predictions.allSatisfy { $0.logits.count == labels.count }
    }
}

extension EncodedText {
    func add(to digest: inout NumberDigest) {
        digest.add(ids)
        digest.add(typeIDs)
    }
}
