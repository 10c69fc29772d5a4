/// Which sequences go to the model together.
package enum BatchPlan {
    /// Packs sequences of the given lengths into calls of at most `tokensPerCall` tokens; a longer one goes alone.
    ///
    /// Returns indices into `lengths`, each exactly once. Longest first: the first call needs the most memory, so a
    /// machine that is too small shows it at once, and calls hold sequences of similar length.
    package static func calls(lengths: [Int], tokensPerCall: Int) -> [[Int]] {
        var calls: [[Int]] = []
        var used = 0
        for index in lengths.indices.sorted(by: { (lengths[$1], $0) < (lengths[$0], $1) }) {
            if calls.isEmpty || used + lengths[index] > tokensPerCall {
                calls.append([])
                used = 0
            }
            calls[calls.count - 1].append(index)
            used += lengths[index]
        }
        return calls
    }

    /// Cuts items, in their order, into runs whose sizes sum to at most `limit`; a larger item goes alone.
    package static func inOrder(sizes: [Int], limit: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var used = 0
        for (index, size) in sizes.enumerated() {
            if let last = runs.last, used + size <= limit {
                runs[runs.count - 1] = last.lowerBound..<index + 1
                used += size
            } else {
                runs.append(index..<index + 1)
                used = size
            }
        }
        return runs
    }
}
