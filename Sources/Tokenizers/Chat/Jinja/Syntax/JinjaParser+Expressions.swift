/// Expressions by rising precedence, as jinja2 has them: `or`, `and`, `not`, comparisons, `+ -`, `~`, `* / // %`, `**`,
/// signs, and what follows a primary.
extension JinjaParser {
    /// Whether the parser stands where a tuple without brackets ends.
    var isTupleEnd: Bool { [.outputEnd, .tagEnd, .symbol(")")].contains(kind) }

    /// One expression, or several with commas between as a tuple.
    mutating func tuple(withConditional: Bool = true, mayBeEmpty: Bool = false) throws -> JinjaExpression {
        let position = position
        var parts: [JinjaExpression] = []
        var isTuple = false
        while !isTupleEnd {
            parts.append(withConditional ? try expression() : try disjunction())
            guard skip(",") else { break }
            isTuple = true
        }
        if !isTuple {
            if let only = parts.first { return only }
            guard mayBeEmpty else { throw fault("an expression was expected, \(current.shown) found") }
        }
        return try make(.tuple(parts), at: position, over: parts)
    }

    mutating func expression() throws -> JinjaExpression {
        try nested { parser in
            let position = parser.position
            var value = try parser.disjunction()
            while parser.skipName("if") {
                let test = try parser.disjunction()
                let otherwise = parser.skipName("else") ? try parser.expression() : nil
                value = try parser.make(
                    .conditional(test: test, then: value, otherwise: otherwise), at: position,
                    over: [test, value] + [otherwise].compactMap { $0 })
            }
            return value
        }
    }

    private mutating func disjunction() throws -> JinjaExpression {
        let position = position
        var left = try conjunction()
        while skipName("or") {
            let right = try conjunction()
            left = try make(.or(left, right), at: position, over: [left, right])
        }
        return left
    }

    private mutating func conjunction() throws -> JinjaExpression {
        let position = position
        var left = try negation()
        while skipName("and") {
            let right = try negation()
            left = try make(.and(left, right), at: position, over: [left, right])
        }
        return left
    }

    private mutating func negation() throws -> JinjaExpression {
        let position = position
        guard skipName("not") else { return try comparison() }
        let operand = try nested { try $0.negation() }
        return try make(.not(operand), at: position, over: [operand])
    }

    private mutating func comparison() throws -> JinjaExpression {
        let position = position
        let first = try sum()
        var rest: [(comparator: PythonComparator, operand: JinjaExpression)] = []
        while let comparator = skipComparator() { rest.append((comparator, try sum())) }
        if rest.isEmpty { return first }
        return try make(.comparison(first, rest), at: position, over: [first] + rest.map(\.operand))
    }

    private mutating func skipComparator() -> PythonComparator? {
        switch kind {
        case .symbol(let symbol):
            guard let comparator = PythonComparator(rawValue: symbol) else { return nil }
            advance()
            return comparator
        case .name("in"):
            advance()
            return .isIn
        case .name("not") where next == .name("in"):
            advance()
            advance()
            return .isNotIn
        default: return nil
        }
    }

    // MARK: Arithmetic

    private mutating func skipOperator(_ operators: PythonOperator...) -> PythonOperator? {
        guard case .symbol(let symbol) = kind, let found = operators.first(where: { $0.rawValue == symbol }) else {
            return nil
        }
        advance()
        return found
    }

    private mutating func sum() throws -> JinjaExpression {
        let position = position
        var left = try concatenation()
        while let found = skipOperator(.add, .subtract) {
            let right = try concatenation()
            left = try make(.arithmetic(left, found, right), at: position, over: [left, right])
        }
        return left
    }

    private mutating func concatenation() throws -> JinjaExpression {
        let position = position
        var parts = [try product()]
        while skip("~") { parts.append(try product()) }
        return parts.count == 1 ? parts[0] : try make(.concatenation(parts), at: position, over: parts)
    }

    private mutating func product() throws -> JinjaExpression {
        let position = position
        var left = try power()
        while let found = skipOperator(.multiply, .divide, .floorDivide, .modulo) {
            let right = try power()
            left = try make(.arithmetic(left, found, right), at: position, over: [left, right])
        }
        return left
    }

    private mutating func power() throws -> JinjaExpression {
        let position = position
        var left = try unary(withFilters: true)
        while skip("**") {
            let right = try unary(withFilters: true)
            left = try make(.arithmetic(left, .power, right), at: position, over: [left, right])
        }
        return left
    }

    private mutating func unary(withFilters: Bool) throws -> JinjaExpression {
        let position = position
        var value: JinjaExpression
        if skip("-") {
            let operand = try nested { try $0.unary(withFilters: false) }
            value = try make(.negative(operand), at: position, over: [operand])
        } else if skip("+") {
            let operand = try nested { try $0.unary(withFilters: false) }
            value = try make(.positive(operand), at: position, over: [operand])
        } else {
            value = try primary()
        }
        value = try postfix(of: value)
        return withFilters ? try filtersAndTests(of: value) : value
    }

    // MARK: Primaries

    mutating func primary() throws -> JinjaExpression {
        let position = position
        switch kind {
        case .name(let name):
            advance()
            switch name {
            case "true", "True": return try make(.boolean(true), at: position)
            case "false", "False": return try make(.boolean(false), at: position)
            case "none", "None": return try make(.none, at: position)
            case "caller", "kwargs", "varargs": special.insert(name)
            default: break
            }
            return try make(.name(name), at: position)
        case .string(var text):
            advance()
            while case .string(let more) = kind {
                text += more
                advance()
            }
            return try make(.text(text), at: position)
        case .integer(let value):
            advance()
            return try make(.integer(value), at: position)
        case .float(let value):
            advance()
            return try make(.float(value), at: position)
        case .symbol("("):
            advance()
            let value = try tuple(mayBeEmpty: true)
            try expect(.symbol(")"))
            return value
        case .symbol("["): return try list()
        case .symbol("{"): return try dictionary()
        default: throw fault("an expression was expected, \(current.shown) found")
        }
    }

    private mutating func list() throws -> JinjaExpression {
        let position = position
        var parts: [JinjaExpression] = []
        advance()
        while kind != .symbol("]") {
            parts.append(try expression())
            guard skip(",") else { break }
        }
        try expect(.symbol("]"))
        return try make(.list(parts), at: position, over: parts)
    }

    private mutating func dictionary() throws -> JinjaExpression {
        let position = position
        var members: [(key: JinjaExpression, value: JinjaExpression)] = []
        advance()
        while kind != .symbol("}") {
            let key = try expression()
            try expect(.symbol(":"))
            members.append((key, try expression()))
            guard skip(",") else { break }
        }
        try expect(.symbol("}"))
        return try make(.dictionary(members), at: position, over: members.flatMap { [$0.key, $0.value] })
    }
}
