/// What follows a primary: attributes, items, calls, filters and tests.
extension JinjaParser {
    mutating func postfix(of operand: JinjaExpression) throws -> JinjaExpression {
        var value = operand
        while true {
            switch kind {
            case .symbol("."): value = try attribute(of: value)
            case .symbol("["): value = try item(of: value)
            case .symbol("("): value = try call(of: value)
            default: return value
            }
        }
    }

    mutating func filtersAndTests(of operand: JinjaExpression) throws -> JinjaExpression {
        var value = operand
        while true {
            switch kind {
            case .symbol("|"): value = try filters(of: value)
            case .name("is"): value = try test(of: value)
            case .symbol("("): value = try call(of: value)
            default: return value
            }
        }
    }

    private mutating func attribute(of operand: JinjaExpression) throws -> JinjaExpression {
        let position = position
        advance()
        switch kind {
        case .name(let name):
            advance()
            return try make(.attribute(operand, name), at: position, over: [operand])
        case .integer(let index):
            let key = try make(.integer(index), at: self.position)
            advance()
            return try make(.item(operand, key), at: position, over: [operand])
        default: throw fault("a name or number was expected after '.', \(current.shown) found")
        }
    }

    private mutating func item(of operand: JinjaExpression) throws -> JinjaExpression {
        let position = position
        advance()
        var keys: [JinjaExpression] = []
        while kind != .symbol("]") {
            if !keys.isEmpty { try expect(.symbol(",")) }
            let start = kind == .symbol(":") ? nil : try expression()
            if kind == .symbol(":") {
                let slice = try slice(from: start)
                guard keys.isEmpty, kind == .symbol("]") else {
                    throw JinjaError(.unsupported, "a slice among other subscripts is not supported", at: position)
                }
                advance()
                return try make(.slice(operand, slice), at: position, over: [operand] + slice.parts)
            }
            if let start { keys.append(start) }
        }
        advance()
        let key = keys.count == 1 ? keys[0] : try make(.tuple(keys), at: position, over: keys)
        return try make(.item(operand, key), at: position, over: [operand, key])
    }

    /// The parser stands on the first colon.
    private mutating func slice(from start: JinjaExpression?) throws -> JinjaSlice {
        advance()
        func isOver(_ parser: JinjaParser) -> Bool {
            [.symbol("]"), .symbol(","), .symbol(":")].contains(parser.kind)
        }
        let stop = isOver(self) ? nil : try expression()
        guard skip(":") else { return JinjaSlice(start: start, stop: stop, step: nil) }
        return JinjaSlice(start: start, stop: stop, step: isOver(self) ? nil : try expression())
    }

    // MARK: Calls

    private mutating func call(of callee: JinjaExpression) throws -> JinjaExpression {
        let position = position
        let arguments = try arguments()
        return try make(.call(callee, arguments), at: position, over: [callee] + arguments.parts)
    }

    /// The parser stands on the opening bracket.
    private mutating func arguments() throws -> JinjaArguments {
        var arguments = JinjaArguments()
        try expect(.symbol("("))
        while kind != .symbol(")") {
            try argument(into: &arguments)
            try checkCount(arguments.keywords.count)
            guard skip(",") else { break }
        }
        try expect(.symbol(")"))
        return arguments
    }

    private mutating func argument(into arguments: inout JinjaArguments) throws {
        let isEarly = arguments.keywordSpread == nil
        if kind == .symbol("*") {
            guard isEarly, arguments.spread == nil else { throw fault("'*' may not stand here") }
            advance()
            arguments.spread = try expression()
        } else if kind == .symbol("**") {
            guard isEarly else { throw fault("'**' may not stand twice") }
            advance()
            arguments.keywordSpread = try expression()
        } else if case .name(let name) = kind, next == .symbol("=") {
            guard isEarly, !arguments.keywords.contains(where: { $0.name == name }) else {
                throw fault("the argument '\(name.shortened)' may not stand here")
            }
            advance()
            advance()
            arguments.keywords.append((name, try expression()))
        } else {
            guard isEarly, arguments.spread == nil, arguments.keywords.isEmpty else {
                throw fault("an argument without a name follows one with a name")
            }
            arguments.positional.append(try expression())
        }
    }

    // MARK: Filters and tests

    /// Any number of `| name(arguments)`.
    mutating func filters(of operand: JinjaExpression) throws -> JinjaExpression {
        var value = operand
        while skip("|") { value = try filter(of: value) }
        return value
    }

    /// The parser stands on the filter's name.
    mutating func filter(of operand: JinjaExpression) throws -> JinjaExpression {
        let position = position
        let name = try dottedName()
        let arguments = kind == .symbol("(") ? try arguments() : JinjaArguments()
        return try make(.filter(operand, name, arguments), at: position, over: [operand] + arguments.parts)
    }

    private mutating func dottedName() throws -> String {
        var name = try expectName()
        while skip(".") { name += "." + (try expectName()) }
        return name
    }

    private mutating func test(of operand: JinjaExpression) throws -> JinjaExpression {
        advance()
        let isNegated = skipName("not")
        let position = position
        let name = try dottedName()
        let arguments = try testArguments()
        let test = try make(.test(operand, name, arguments), at: position, over: [operand] + arguments.parts)
        return isNegated ? try make(.not(test), at: position, over: [test]) : test
    }

    /// In brackets, or one primary without.
    private mutating func testArguments() throws -> JinjaArguments {
        switch kind {
        case .symbol("("): return try arguments()
        case .name("else"), .name("or"), .name("and"): return JinjaArguments()
        case .name("is"): throw fault("tests cannot be chained with 'is'")
        case .name, .string, .integer, .float, .symbol("["), .symbol("{"):
            return JinjaArguments(positional: [try nested { try $0.postfix(of: try $0.primary()) }])
        default: return JinjaArguments()
        }
    }
}
