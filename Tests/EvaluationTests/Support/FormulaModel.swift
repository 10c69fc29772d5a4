import Evaluation

/// A model whose logits after a prefix are what a closure says: slow, plain, and known by heart.
final class FormulaModel: ScoringModel {
    let maximumPositions: Int
    let vocabularySize: Int
    let computesPrefixesOnce = false
    /// How many tokens each call held.
    private(set) var calls: [Int] = []
    /// How many sequences were decoded token by token.
    private(set) var decoders = 0
    private let next: ([Int]) -> [Float]

    init(positions: Int = 64, vocabulary: Int = 9, next: @escaping ([Int]) -> [Float]) {
        maximumPositions = positions
        vocabularySize = vocabulary
        self.next = next
    }

    /// After token t comes `successors[t]`, by a margin of `lead` over all others.
    convenience init(successors: [Int], lead: Float = 4) {
        self.init { prefix in
            (0..<9).map { $0 == successors[prefix[prefix.count - 1]] ? lead : 0 }
        }
    }

    func logits(_ tokens: [Int], positions: Range<Int>) throws -> [[Float]] {
        positions.map { next(Array(tokens[...$0])) }
    }

    func labelScores(_ sequences: [ScoredSequence]) throws -> [[LabelScore]] {
        calls.append(sequences.reduce(0) { $0 + $1.tokens.count })
        return sequences.map { sequence in
            sequence.labels.map { label in
                LabelScore(logits: next(Array(sequence.tokens[...label.position])), target: label.target)
            }
        }
    }

    func logProbabilities(_ sequences: [ScoredSequence]) throws -> [[Float]] {
        try labelScores(sequences).map { $0.map(\.logProbability) }
    }

    func makeDecoder(capacity: Int) throws -> any IncrementalDecoder {
        decoders += 1
        return Decoder(capacity: capacity, next: next)
    }

    private final class Decoder: IncrementalDecoder {
        private let capacity: Int
        private let next: ([Int]) -> [Float]
        private var fed: [Int] = []

        init(capacity: Int, next: @escaping ([Int]) -> [Float]) {
            self.capacity = capacity
            self.next = next
        }

        func feed(_ tokens: [Int]) throws -> [Float] {
            fed += tokens
            precondition(fed.count <= capacity, "fed \(fed.count) tokens into a cache of \(capacity)")
            return next(fed)
        }
    }
}
