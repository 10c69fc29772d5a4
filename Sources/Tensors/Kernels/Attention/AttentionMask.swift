/// Which keys of its own sequence a query sees.
package enum AttentionMask: Sendable, Equatable {
    /// Those up to its own position.
    case causal
    /// All of them.
    case bidirectional

    /// How many of `keys` keys some query of a block sees; the block ends before query `end` of the keys' positions.
    func keys(before end: Int, of keys: Int) -> Int { self == .causal ? end : keys }
}
