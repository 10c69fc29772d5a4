import ModelFiles

/// A chat template in the Jinja language, read once and rendered often. Means what jinja2's `ImmutableSandboxedEnvironment`
/// means by it with the settings that transformers gives it: `trim_blocks`, `lstrip_blocks`, loop controls, `generation`,
/// its `tojson`, no escaping. It reaches no file, no attribute of the program, no clock.
package struct JinjaTemplate: Sendable {
    private let body: [JinjaStatement]
    private let options: JinjaOptions

    /// Whether the template marks what the assistant says by `{% generation %}`.
    package let marksGeneration: Bool

    /// - Throws: `JinjaError` with line and column where the template is not Jinja, or uses what lorad does not know.
    package init(source: String, options: JinjaOptions = JinjaOptions()) throws {
        guard source.utf8.count <= JinjaLimits.sourceBytes else {
            throw JinjaError(
                .limit,
                "the template has \(source.utf8.count) bytes; \(JinjaLimits.sourceBytes) are allowed",
                at: JinjaPosition(line: 1, column: 1))
        }
        var lexer = JinjaLexer(source)
        var parser = JinjaParser(try lexer.tokens())
        body = try parser.template()
        marksGeneration = parser.sawGeneration
        try JinjaChecker().check(body)
        self.options = options
    }

    /// - Parameter context: the variables: `messages`, `add_generation_prompt`, and `tools`, `bos_token` and others where
    ///   there are any. A missing one is undefined, `null` is Python's `None`.
    /// - Throws: `JinjaError`, with the place in the template where it stopped.
    package func render(context: JSONObject) throws -> JinjaRendering {
        let evaluator = JinjaEvaluator(options)
        defer { evaluator.release() }
        for member in context.members {
            evaluator.context[ExactString(member.key)] = try JinjaValue(member.value)
        }
        return try evaluator.render(body)
    }
}
