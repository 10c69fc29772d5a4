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
        case arithmetic(JinjaExpression, JinjaOperator, JinjaExpression)
        case concatenation([JinjaExpression])
        case comparison(JinjaExpression, [(comparator: JinjaComparator, operand: JinjaExpression)])
        case and(JinjaExpression, JinjaExpression)
        case or(JinjaExpression, JinjaExpression)
        case conditional(test: JinjaExpression, then: JinjaExpression, otherwise: JinjaExpression?)
    }

    let kind: Kind
    let position: JinjaPosition
    /// Levels of expressions in this one: the interpreter, and the end of its life, go down them by recursion.
    let height: Int
}

struct JinjaSlice: Sendable {
    let start: JinjaExpression?
    let stop: JinjaExpression?
    let step: JinjaExpression?

    var parts: [JinjaExpression] { [start, stop, step].compactMap { $0 } }
}

enum JinjaOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "**"
}

enum JinjaComparator: String, Sendable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isIn = "in"
    case isNotIn = "not in"
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
