import Tensors
import Transformers

extension LanguageModel: ScoringModel {
    /// How many rows of logits are held at once where whole rows are needed.
    private static let logitRows = 256

    package var maximumPositions: Int { maximumLength }
    package var vocabularySize: Int { configuration.vocabularySize }

    package func logProbabilities(_ sequences: [ScoredSequence]) throws -> [[Float]] {
        split(try logProbabilities(PackedBatch(sequences)), by: sequences)
    }

    package func labelScores(_ sequences: [ScoredSequence]) throws -> [[LabelScore]] {
        let parts = BatchPlan.inOrder(sizes: sequences.map(\.labels.count), limit: Self.logitRows)
        return try parts.flatMap { part in
            let sequences = Array(sequences[part])
            let logits = try logits(PackedBatch(sequences))
            let targets = sequences.flatMap { $0.labels.map(\.target) }
            let scores = targets.enumerated().map { row, target in
                logits.withRow(row) { LabelScore(logits: Array($0), target: target) }
            }
            return split(scores, by: sequences)
        }
    }

    package func logits(_ tokens: [Int], positions: Range<Int>) throws -> [[Float]] {
        let labels = positions.map { Label(position: $0, target: 0) }
        let logits = try logits(PackedBatch([ScoredSequence(tokens: tokens, labels: labels)]))
        return (0..<logits.rows).map { row in logits.withRow(row) { Array($0) } }
    }

    package func makeDecoder(capacity: Int) throws -> any IncrementalDecoder {
        CachedDecoder(model: self, cache: try makeCache(capacity: capacity))
    }

    /// Deals `values`, one a label, out to their sequences.
    private func split<Value>(_ values: [Value], by sequences: [ScoredSequence]) -> [[Value]] {
        var rest = values[...]
        return sequences.map { sequence in
            defer { rest = rest.dropFirst(sequence.labels.count) }
            return Array(rest.prefix(sequence.labels.count))
        }
    }
}

/// A language model that remembers what it was fed.
private final class CachedDecoder: IncrementalDecoder {
    private let model: LanguageModel
    private let cache: KeyValueCache

    init(model: LanguageModel, cache: KeyValueCache) {
        self.model = model
        self.cache = cache
    }

    func feed(_ tokens: [Int]) throws -> [Float] {
        try model.decode(tokens, cache: cache).withRow(0) { Array($0) }
    }
}

extension PackedBatch {
    /// The sequences laid end to end.
    package init(_ sequences: [ScoredSequence]) {
        self.init()
        for sequence in sequences {
            appendLabelled(tokens: sequence.tokens, labels: sequence.labels.map { ($0.position, $0.target) })
        }
    }
}
