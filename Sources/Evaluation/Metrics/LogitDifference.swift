extension Metrics {
    /// How far two rows of logits lie apart: max |aᵢ − bᵢ| and Σ (aᵢ − bᵢ)². Both rows have one length.
    package static func logitDifference(_ a: [Float], _ b: [Float]) -> (maximum: Double, squaredSum: Double) {
        precondition(a.count == b.count)
        var maximum = 0.0
        var squaredSum = 0.0
        for index in a.indices {
            let difference = abs(Double(a[index]) - Double(b[index]))
            maximum = max(maximum, difference)
            squaredSum += difference * difference
        }
        return (maximum, squaredSum)
    }

    /// The share of positions at which both models would choose the same token; nil for no positions.
    ///
    /// Ties go to the lowest id, as in greedy decoding.
    package static func top1Agreement(_ a: [[Float]], _ b: [[Float]]) -> Double? {
        precondition(a.count == b.count)
        return accuracy(zip(a, b).map { argmax($0) == argmax($1) })
    }
}
