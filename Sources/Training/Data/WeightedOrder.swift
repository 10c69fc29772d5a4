import Tensors

/// Consecutive rows of the training data, and how likely each row of training is one of them.
package struct WeightedRows: Sendable, Equatable {
    package let rows: Range<Int>
    /// A share of all weights.
    package let weight: Double

    package init(rows: Range<Int>, weight: Double) { (self.rows, self.weight) = (rows, weight) }
}

/// Which rows each step takes where they are drawn from several sources: each row's source is drawn by the weights, and a
/// source's rows are taken shuffle after shuffle of its own. Both depend on the seed and on the step's number alone.
struct WeightedOrder: Sendable {
    private let sources: [WeightedRows]
    private let batchSize: Int
    /// Up to which part of 1 each source is drawn.
    private let bounds: [Double]
    private let choice: Philox
    private var orders: [BatchOrder]
    /// Rows drawn so far, and how many of each source's.
    private var position = 0
    private var drawn: [Int]

    /// - Precondition: no source is without rows, and weights are over 0.
    init(_ sources: [WeightedRows], batchSize: Int, seed: UInt64) {
        precondition(!sources.isEmpty && sources.allSatisfy { !$0.rows.isEmpty && $0.weight > 0 })
        self.sources = sources
        self.batchSize = batchSize
        let total = sources.reduce(0) { $0 + $1.weight }
        var sum = 0.0
        bounds = sources.map { source in
            sum += source.weight
            return sum / total
        }
        choice = Philox(seed: seed, stream: .sourceChoice)
        orders = sources.enumerated().map { index, source in
            BatchOrder(count: source.rows.count, batchSize: 1, seed: seed, stream: .sourceOrder(source: index))
        }
        drawn = sources.map { _ in 0 }
    }

    /// The rows of step `step`, counted from 0, in the memory of `rows`.
    mutating func take(step: Int, into rows: inout [Int]) {
        rows.removeAll(keepingCapacity: true)
        let first = step * batchSize
        if first < position { (position, drawn) = (0, sources.map { _ in 0 }) }
        // How often sources were drawn before says how far their shuffles are.
        while position < first {
            drawn[source(at: position)] += 1
            position += 1
        }
        var row: [Int] = []
        for _ in 0..<batchSize {
            let source = source(at: position)
            orders[source].take(step: drawn[source], into: &row)
            rows.append(sources[source].rows.lowerBound + row[0])
            drawn[source] += 1
            position += 1
        }
    }

    private func source(at position: Int) -> Int {
        let words = choice.bits(step: UInt64(position), position: 0)
        let wide = UInt64(words.x) << 32 | UInt64(words.y)
        let part = Double(wide >> 11) * 0x1p-53
        return bounds.firstIndex { part < $0 } ?? bounds.count - 1
    }
}
