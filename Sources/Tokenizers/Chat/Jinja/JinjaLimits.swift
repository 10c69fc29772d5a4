/// How much a template may take. Templates come with bases from the internet; each of these bounds ends a loop, a
/// recursion or a doubling string that would otherwise take all time, stack or memory.
package struct JinjaLimits: Sendable {
    /// The longest of a hundred known templates has 20 KB.
    package static let sourceBytes = 1 << 20
    /// How deep tags, brackets and operators may be nested in a template's text.
    package static let nesting = 160
    /// How deep lists and objects may be nested in one another.
    package static let valueDepth = 256
    /// Parameters of a macro, and named arguments of a call.
    package static let arguments = 255
    /// jinja2's sandbox forbids longer ranges.
    package static let rangeCount = 100_000

    /// Nested statements, expressions and calls at one time.
    package var depth = 600
    /// Statements, expressions, loop steps, and what filters and methods go through (64 bytes of text, one element).
    package var steps = 5_000_000
    /// Of the rendered text, and of any string on the way.
    package var outputBytes = 8 << 20

    package init() {}
}
