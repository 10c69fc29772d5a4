/// An expression, and where it stands.
struct JinjaExpression: Sendable {
    indirect enum Kind: Sendable {
        case none
        case boolean(Bool)
        case integer(Int)
        case float(Double)
        case text(String)
        case name(String)
        /// What a block `set` or a filter block wrote: the innermost operand of its filters.
        case captured
        case list([JinjaExpression])
        case tuple([JinjaExpression])
        case dictionary([(key: JinjaExpression, value: JinjaExpression)])
        case attribute(JinjaExpression, String)
        case item(JinjaExpression, JinjaExpression)
        case slice(JinjaExpression, JinjaSlice)
        case call(JinjaExpression, JinjaArguments)
        case filter(JinjaExpression, String, JinjaArguments)
        case test(JinjaExpression, String, JinjaArguments)
        case not(JinjaExpression)
        case negative(JinjaExpression)
        case positive(JinjaExpression)
        case arithmetic(JinjaExpression, PythonOperator, JinjaExpression)
        case concatenation([JinjaExpression])
        case comparison(JinjaExpression, [(comparator: PythonComparator, operand: JinjaExpression)])
        case and(JinjaExpression, JinjaExpression)
        case or(JinjaExpression, JinjaExpression)
        case conditional(test: JinjaExpression, then: JinjaExpression, otherwise: JinjaExpression?)
    }

    let kind: Kind
    let position: JinjaPosition
    /// Levels of expressions in this one: the interpreter, and the end of its life, go down them by recursion.
    let height: Int
}

extension JinjaExpression.Kind {
    /// The expressions directly in this one.
    var parts: [JinjaExpression] {
        switch self {
        case .none, .boolean, .integer, .float, .text, .name, .captured: []
        case .list(let parts), .tuple(let parts), .concatenation(let parts): parts
        case .dictionary(let members): members.flatMap { [$0.key, $0.value] }
        case .attribute(let operand, _), .not(let operand), .negative(let operand), .positive(let operand): [operand]
        case .item(let left, let right), .and(let left, let right), .or(let left, let right),
            .arithmetic(let left, _, let right):
            [left, right]
        case .slice(let operand, let slice): [operand] + slice.parts
        case .call(let operand, let arguments), .filter(let operand, _, let arguments),
            .test(let operand, _, let arguments):
            [operand] + arguments.parts
        case .comparison(let first, let rest): [first] + rest.map(\.operand)
        case .conditional(let test, let then, let otherwise): [test, then] + [otherwise].compactMap { $0 }
        }
    }
}

struct JinjaSlice: Sendable {
    let start: JinjaExpression?
    let stop: JinjaExpression?
    let step: JinjaExpression?

    var parts: [JinjaExpression] { [start, stop, step].compactMap { $0 } }
}

/// What stands in the brackets of a call.
struct JinjaArguments: Sendable {
    var positional: [JinjaExpression] = []
    var keywords: [(name: String, value: JinjaExpression)] = []
    /// `*expression`
    var spread: JinjaExpression?
    /// `**expression`
    var keywordSpread: JinjaExpression?

    var parts: [JinjaExpression] {
        positional + keywords.map(\.value) + [spread, keywordSpread].compactMap { $0 }
    }
}

/// What a value is given to.
indirect enum JinjaTarget: Sendable {
    case name(String)
    case tuple([JinjaTarget])
    case namespace(String, attribute: String)
}

/// A macro, or the body of a call block.
struct JinjaMacroDefinition: Sendable {
    /// Nil for a call block's.
    let name: String?
    let parameters: [(name: String, standard: JinjaExpression?)]
    let body: [JinjaStatement]
    /// Whether the body asks for `caller`, `kwargs` and `varargs`: by that it takes more arguments than it names.
    let special: Set<String>
}

struct JinjaLoopDefinition: Sendable {
    let target: JinjaTarget
    let iterable: JinjaExpression
    let test: JinjaExpression?
    let isRecursive: Bool
    let body: [JinjaStatement]
    let otherwise: [JinjaStatement]
}

struct JinjaStatement: Sendable {
    indirect enum Kind: Sendable {
        case text(String)
        case output(JinjaExpression)
        case set(JinjaTarget, JinjaExpression)
        /// `{% set target | filters %}…{% endset %}`; `filters` ends in `captured`.
        case setBlock(JinjaTarget, filters: JinjaExpression, body: [JinjaStatement])
        case filterBlock(filters: JinjaExpression, body: [JinjaStatement])
        case loop(JinjaLoopDefinition)
        case condition([(test: JinjaExpression, body: [JinjaStatement])], otherwise: [JinjaStatement])
        case macro(JinjaMacroDefinition)
        case callBlock(callee: JinjaExpression, JinjaArguments, caller: JinjaMacroDefinition)
        case with([(target: JinjaTarget, value: JinjaExpression)], body: [JinjaStatement])
        case generation([JinjaStatement])
        case exitLoop
        case nextTurn
    }

    let kind: Kind
    let position: JinjaPosition
}
