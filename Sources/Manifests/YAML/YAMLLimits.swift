/// What a text may cost. A manifest is a page; anything near these is a mistake or an attack.
struct YAMLLimits: Sendable {
    /// Bytes of the text.
    var bytes = 1 << 20
    /// Nesting of sequences and mappings.
    var depth = 32
    /// Nodes of the tree, counted after aliases are expanded.
    var nodes = 10_000

    init() {}
}
