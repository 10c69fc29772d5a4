/// The index of the largest value, the lowest such index on a tie: the rule that makes greedy decoding deterministic.
///
/// nil when `values` is empty or holds a NaN or an infinity, for which "largest" says nothing about the model.
package func argmax(_ values: [Float]) -> Int? {
    var best: Int?
    for (index, value) in values.enumerated() {
        guard value.isFinite else { return nil }
        if best.map({ value > values[$0] }) ?? true { best = index }
    }
    return best
}
