/// A rendered conversation.
package struct JinjaRendering: Sendable, Equatable {
    package let text: String
    /// What `{% generation %}` blocks wrote, in UTF-8 bytes of `text`, ascending. Nil where such a block was rendered
    /// into something else first (a macro, a block `set`, a filter block), so that its place in the text is not known.
    package let generated: [Range<Int>]?
}
