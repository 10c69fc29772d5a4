/// How much a template may take. Templates come with bases from the internet; each of these bounds ends a loop, a
/// recursion or a doubling string that would otherwise take all time, stack or memory. What exceeds one is refused as
/// `JinjaError.Kind.limit`.
package struct JinjaLimits: Sendable {
    /// Of a template's text. The longest of the seventy that `scripts/fetch templates` brings has 17 KB.
    package static let sourceBytes = 1 << 20
    /// How deep tags, brackets and operators may be nested in a template's text.
    package static let nesting = 160
    /// How deep lists and objects may be nested in one another.
    package static let valueDepth = 256
    /// Parameters of a macro, and named arguments of a call as they are written; those of `**` are charged as steps.
    package static let arguments = 255
    /// jinja2's sandbox forbids longer ranges too; as there they are no `limit` but an error of rendering.
    package static let rangeCount = 100_000

    /// Statements, expressions, filters, tests and generators that wait for one another at one time.
    package var depth = 600
    /// What takes one: a statement, an expression down to a name or a literal, a body that a name is looked for in, an
    /// element, a turn of a loop, 64 bytes of text that are read or made. A loop, a macro and a namespace take eight
    /// more, for they are kept until the end.
    package var steps = 5_000_000
    /// UTF-8 bytes of the rendered text, and of any text on the way. What one method makes of a text, such as its upper
    /// case, is measured when it is made.
    package var outputBytes = 8 << 20

    package init() {}
}
