import Tensors

/// Which rows each step takes: every epoch is a shuffle that depends on (seed, epoch) alone, and steps take consecutive
/// rows through the epochs, so that a position in the data is a step's number and nothing else.
package struct BatchOrder: Sendable {
    private let count: Int
    private let batchSize: Int
    private let random: Philox
    /// The shuffle of the epoch that was last asked for.
    private var order: [Int] = []
    private var epoch = -1

    /// - Parameters:
    ///   - count: rows of the training data.
    ///   - batchSize: rows a step.
    ///   - stream: of the shuffles.
    package init(count: Int, batchSize: Int, seed: UInt64, stream: RandomStream = .rowOrder) {
        self.count = count
        self.batchSize = batchSize
        random = Philox(seed: seed, stream: stream)
    }

    /// Steps that make `epochs` passes over the data.
    package func steps(epochs: Double) -> Int {
        max(1, Int((Double(count) * epochs / Double(batchSize)).rounded(.up)))
    }

    /// Row indices of step `step`, counted from 0.
    package func rows(step: Int) -> [Int] {
        var order = self
        var rows: [Int] = []
        order.take(step: step, into: &rows)
        return rows
    }

    /// The same in the memory of `rows`, and with an epoch's shuffle remembered from step to step.
    mutating func take(step: Int, into rows: inout [Int]) {
        rows.removeAll(keepingCapacity: true)
        rows.reserveCapacity(batchSize)
        for position in (step * batchSize)..<((step + 1) * batchSize) {
            if position / count != epoch { shuffle(epoch: position / count) }
            rows.append(order[position % count])
        }
    }

    /// Fisher–Yates.
    private mutating func shuffle(epoch: Int) {
        self.epoch = epoch
        order.removeAll(keepingCapacity: true)
        order.reserveCapacity(count)
        for index in 0..<count { order.append(index) }
        for index in stride(from: count - 1, to: 0, by: -1) {
            let words = random.bits(step: UInt64(epoch), position: UInt64(index))
            let wide = UInt64(words.x) << 32 | UInt64(words.y)
            let other = Int(wide.multipliedFullWidth(by: UInt64(index + 1)).high)
            order.swapAt(index, other)
        }
    }
}
