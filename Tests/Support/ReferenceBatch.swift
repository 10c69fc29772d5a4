import ModelFiles
import Transformers

extension PackedBatch {
    /// Rows as the reference scripts write them: `ids`, and `completion_start`, from where tokens are supervised.
    package init(reference rows: [JSONValue]) throws {
        self.init()
        for row in rows {
            let ids = try goldenIntegers(row["ids"])
            let start = row["completion_start"]?.intValue ?? 0
            append(tokens: ids, labels: (start..<ids.count).map { ($0 - 1, ids[$0]) })
        }
    }

    /// The same sequences with a label on every row, so that all logits are computed.
    package func labelledEverywhere() -> PackedBatch {
        var batch = PackedBatch()
        for index in 0..<sequenceCount {
            let tokens = self.tokens[offsets[index]..<offsets[index + 1]].map(Int.init)
            batch.append(tokens: tokens, labels: tokens.indices.map { ($0, 0) })
        }
        return batch
    }
}
