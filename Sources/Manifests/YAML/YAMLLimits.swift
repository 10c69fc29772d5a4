/// What a text may cost. A manifest is a page; anything near these is a mistake or an attack.
package struct YAMLLimits: Sendable {
    /// Bytes of the text.
    package var bytes = 1 << 20
    /// Nesting of sequences and mappings.
    package var depth = 32
    /// Nodes of the tree, counted after aliases are expanded.
    package var nodes = 10_000

    package init() {}
}
