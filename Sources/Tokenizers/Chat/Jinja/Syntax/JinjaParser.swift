/// Reads tokens into statements, as jinja2's parser does.
struct JinjaParser {
    private let tokens: [JinjaToken]
    private var index = 0
    /// Statements and brackets that are open.
    private var depth = 0
    /// The tags that may close the statements that are open, innermost last; for messages.
    private var awaited: [[String]] = []
    /// Of `caller`, `kwargs` and `varargs` those that the macro at hand asks for.
    var special: Set<String> = []
    private(set) var sawGeneration = false

    init(_ tokens: [JinjaToken]) { self.tokens = tokens }

    mutating func template() throws -> [JinjaStatement] {
        try statements(until: [])
    }

    // MARK: Tokens

    var current: JinjaToken { tokens[index] }
    var kind: JinjaToken.Kind { tokens[index].kind }
    var position: JinjaPosition { tokens[index].position }
    var next: JinjaToken.Kind { tokens[min(index + 1, tokens.count - 1)].kind }

    mutating func advance() { if index + 1 < tokens.count { index += 1 } }

    mutating func skip(_ symbol: String) -> Bool { skip(.symbol(symbol)) }

    mutating func skipName(_ name: String) -> Bool { skip(.name(name)) }

    private mutating func skip(_ expected: JinjaToken.Kind) -> Bool {
        guard kind == expected else { return false }
        advance()
        return true
    }

    func fault(_ message: String) -> JinjaError { JinjaError(.syntax, message, at: position) }

    mutating func expect(_ expected: JinjaToken.Kind) throws {
        guard skip(expected) else {
            throw fault("\(JinjaToken(kind: expected, position: position).shown) expected, \(current.shown) found")
        }
    }

    mutating func expectName() throws -> String {
        guard case .name(let name) = kind else { throw fault("a name was expected, \(current.shown) found") }
        advance()
        return name
    }

    /// Runs `body` one level deeper.
    mutating func nested<Result>(_ body: (inout JinjaParser) throws -> Result) throws -> Result {
        depth += 1
        guard depth <= JinjaLimits.nesting else {
            throw JinjaError(.limit, "the template is nested deeper than \(JinjaLimits.nesting) levels", at: position)
        }
        defer { depth -= 1 }
        return try body(&self)
    }

    // MARK: Bodies

    /// Statements up to a tag that begins with one of `ends`, on whose name the parser then stands; with no `ends`, up to
    /// the end of the template.
    mutating func statements(until ends: [String]) throws -> [JinjaStatement] {
        try nested { parser in
            parser.awaited.append(ends)
            defer { parser.awaited.removeLast() }
            var body: [JinjaStatement] = []
            while true {
                let position = parser.position
                switch parser.kind {
                case .text(let text):
                    parser.advance()
                    body.append(JinjaStatement(kind: .text(text), position: position))
                case .outputBegin:
                    parser.advance()
                    let expression = try parser.tuple()
                    try parser.expect(.outputEnd)
                    body.append(JinjaStatement(kind: .output(expression), position: position))
                case .tagBegin:
                    parser.advance()
                    if case .name(let name) = parser.kind, ends.contains(name) { return body }
                    body.append(try parser.statement())
                    try parser.expect(.tagEnd)
                case .end where ends.isEmpty: return body
                default: throw parser.unexpectedEnd()
                }
            }
        }
    }

    /// The body of a tag whose head ends here.
    mutating func block(until ends: String...) throws -> [JinjaStatement] {
        _ = skip(":")
        try expect(.tagEnd)
        return try statements(until: ends)
    }

    /// As `block`, with the closing tag's name stepped over.
    mutating func closedBlock(_ end: String) throws -> [JinjaStatement] {
        let body = try block(until: end)
        advance()
        return body
    }

    private func unexpectedEnd() -> JinjaError {
        fault("the template ends where \(Self.list(awaited.last ?? [])) was expected")
    }

    private static func list(_ tags: [String]) -> String { tags.map { "'\($0)'" }.joined(separator: " or ") }

    mutating func markGeneration() { sawGeneration = true }

    func unknownTag(_ name: String) -> JinjaError {
        let ends = awaited.last ?? []
        return fault("unknown tag '\(name.shortened)'" + (ends.isEmpty ? "" : "; \(Self.list(ends)) was expected"))
    }
}

extension JinjaParser {
    /// - Throws: `limit` for more parameters or named arguments than anybody writes.
    func checkCount(_ count: Int) throws {
        guard count <= JinjaLimits.arguments else {
            throw JinjaError(.limit, "there are more than \(JinjaLimits.arguments) names", at: position)
        }
    }

    /// - Throws: where the expression's levels would be too many.
    func make(_ kind: JinjaExpression.Kind, at position: JinjaPosition, over parts: [JinjaExpression] = []) throws
        -> JinjaExpression
    {
        let height = 1 + (parts.map(\.height).max() ?? 0)
        guard height <= JinjaLimits.nesting else {
            throw JinjaError(
                .limit, "the expression has more than \(JinjaLimits.nesting) levels", at: position)
        }
        return JinjaExpression(kind: kind, position: position, height: height)
    }
}
