import CKernels

/// Which keys of its own sequence a query sees.
package enum AttentionMask: Sendable, Equatable {
    /// Those up to its own position.
    case causal
    /// The last `window` of those up to its own position. https://arxiv.org/abs/2004.05150
    case sliding(window: Int)
    /// All of them.
    case bidirectional

    /// The keys, of `count`, that some query of a block sees. Queries and keys count from the sequence's start.
    func keys(of queries: Range<Int>, count: Int) -> Range<Int> {
        switch self {
        case .causal: 0..<queries.upperBound
        case .sliding(let window): max(0, queries.lowerBound - window + 1)..<queries.upperBound
        case .bidirectional: 0..<count
        }
    }

    /// How many of `keys` keys, as `keys(of:count:)` gives them, the first of `queries` queries sees, counted with
    /// those that the window hides from it.
    func firstVisible(queries: Int, keys: Int) -> Int { self == .bidirectional ? keys : keys - queries + 1 }

    /// What the C kernels are told of the window.
    var window: Int {
        guard case .sliding(let window) = self else { return Int(CK_NO_WINDOW) }
        return window
    }
}
