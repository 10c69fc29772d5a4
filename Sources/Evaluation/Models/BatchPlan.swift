/// Which sequences go to the model together.
package enum BatchPlan {
    /// One sequence to be fed.
    package struct Sequence {
        let tokens: [Int]
        /// Rows before this one may be shared with other sequences that begin alike; 0 where none may.
        let ownFrom: Int

        package init(tokens: [Int], ownFrom: Int) {
            self.tokens = tokens
            self.ownFrom = ownFrom
        }
    }

    /// How many times the tokens of a call its sequences may have, where their common beginnings are counted each time.
    private static let mostRepetition = 8

    /// Packs sequences of tokens into calls of at most `tokensPerCall` tokens; a longer one goes alone.
    ///
    /// Sequences that begin alike go together, and what they share counts once, as it is computed once (`PackedRows`).
    ///
    /// Returns indices into `sequences`, each exactly once. The largest call comes first: it needs the most memory, so a
    /// machine that is too small shows it at once.
    package static func calls(_ sequences: [Sequence], tokensPerCall: Int) -> [[Int]] {
        var calls: [(indices: [Int], computed: Int, tokens: Int)] = []
        var previous: [Int] = []
        for index in sequences.indices.sorted(by: {
            sequences[$0].tokens.lexicographicallyPrecedes(sequences[$1].tokens)
        }) {
            let tokens = sequences[index].tokens
            let shared = zip(previous, tokens).prefix(sequences[index].ownFrom).prefix { $0 == $1 }.count
            previous = tokens
            if let last = calls.last, last.computed + tokens.count - shared <= tokensPerCall,
                last.tokens + tokens.count <= mostRepetition * tokensPerCall
            {
                calls[calls.count - 1].indices.append(index)
                calls[calls.count - 1].computed += tokens.count - shared
                calls[calls.count - 1].tokens += tokens.count
            } else {
                calls.append(([index], tokens.count, tokens.count))
            }
        }
        return calls.enumerated().sorted { ($1.element.computed, $0.offset) < ($0.element.computed, $1.offset) }
            .map(\.element.indices)
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
