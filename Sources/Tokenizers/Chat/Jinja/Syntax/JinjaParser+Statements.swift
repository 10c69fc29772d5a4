/// One file's worth of tags; `position` of each statement is that of its name.
extension JinjaParser {
    /// The parser stands on the tag's name.
    mutating func statement() throws -> JinjaStatement {
        let position = position
        guard case .name(let name) = kind else { throw fault("a tag's name was expected, \(current.shown) found") }
        advance()
        let kind: JinjaStatement.Kind
        switch name {
        case "for": kind = try loop()
        case "if": kind = try condition()
        case "set": kind = try assignment()
        case "macro": kind = .macro(try macro())
        case "call": kind = try callBlock()
        case "filter": kind = try filterBlock()
        case "with": kind = try with()
        case "print": kind = .output(try printed())
        case "generation":
            markGeneration()
            kind = .generation(try closedBlock("endgeneration"))
        case "break": kind = .exitLoop
        case "continue": kind = .nextTurn
        case "block", "extends", "include", "import", "from", "autoescape":
            throw JinjaError(.unsupported, "the tag '\(name)' is not supported in chat templates", at: position)
        default: throw JinjaError(unknownTag(name).kind, unknownTag(name).message, at: position)
        }
        return JinjaStatement(kind: kind, position: position)
    }

    // MARK: Control

    private mutating func loop() throws -> JinjaStatement.Kind {
        let target = try assignmentTarget()
        try expect(.name("in"))
        let iterable = try tuple(withConditional: false)
        let test = skipName("if") ? try expression() : nil
        let isRecursive = skipName("recursive")
        let body = try block(until: "endfor", "else")
        var otherwise: [JinjaStatement] = []
        if skipName("else") {
            otherwise = try closedBlock("endfor")
        } else {
            advance()
        }
        return .loop(
            JinjaLoopDefinition(
                target: target, iterable: iterable, test: test, isRecursive: isRecursive, body: body,
                otherwise: otherwise))
    }

    private mutating func condition() throws -> JinjaStatement.Kind {
        var branches: [(test: JinjaExpression, body: [JinjaStatement])] = []
        repeat {
            let test = try tuple(withConditional: false)
            branches.append((test, try block(until: "elif", "else", "endif")))
        } while skipName("elif")
        if skipName("else") { return .condition(branches, otherwise: try closedBlock("endif")) }
        advance()
        return .condition(branches, otherwise: [])
    }

    private mutating func with() throws -> JinjaStatement.Kind {
        var bindings: [(target: JinjaTarget, value: JinjaExpression)] = []
        while kind != .tagEnd {
            if !bindings.isEmpty { try expect(.symbol(",")) }
            let target = try assignmentTarget()
            try expect(.symbol("="))
            bindings.append((target, try expression()))
        }
        return .with(bindings, body: try closedBlock("endwith"))
    }

    private mutating func printed() throws -> JinjaExpression {
        let position = position
        var parts: [JinjaExpression] = []
        while kind != .tagEnd {
            if !parts.isEmpty { try expect(.symbol(",")) }
            parts.append(try expression())
        }
        return try make(.concatenation(parts), at: position, over: parts)
    }

    // MARK: Variables

    private mutating func assignment() throws -> JinjaStatement.Kind {
        let target = try assignmentTarget(withNamespace: true)
        if skip("=") { return .set(target, try tuple()) }
        let filters = try filters(of: try make(.captured, at: position))
        return .setBlock(target, filters: filters, body: try closedBlock("endset"))
    }

    private mutating func filterBlock() throws -> JinjaStatement.Kind {
        let captured = try make(.captured, at: position)
        let filters = try filters(of: try filter(of: captured))
        return .filterBlock(filters: filters, body: try closedBlock("endfilter"))
    }

    /// A name, a namespace's attribute, or a tuple of such.
    private mutating func assignmentTarget(withNamespace: Bool = false) throws -> JinjaTarget {
        var targets: [JinjaTarget] = []
        var isTuple = false
        while !isTupleEnd {
            targets.append(try singleTarget(withNamespace: withNamespace))
            guard skip(",") else { break }
            isTuple = true
        }
        if isTuple { return .tuple(targets) }
        guard let target = targets.first else { throw fault("a name was expected, \(current.shown) found") }
        return target
    }

    private mutating func singleTarget(withNamespace: Bool) throws -> JinjaTarget {
        if skip("(") {
            let target = try nested { try $0.assignmentTarget(withNamespace: withNamespace) }
            try expect(.symbol(")"))
            return target
        }
        let place = position
        let name = try expectName()
        guard !Self.constants.contains(name) else { throw JinjaError(.syntax, "cannot assign to '\(name)'", at: place) }
        guard withNamespace, skip(".") else { return .name(name) }
        return .namespace(name, attribute: try expectName())
    }

    static let constants: Set<String> = ["true", "false", "none", "True", "False", "None"]

    // MARK: Macros

    private mutating func macro() throws -> JinjaMacroDefinition {
        let name = try expectName()
        return try definition(name: name, parameters: try parameters(), end: "endmacro")
    }

    private mutating func callBlock() throws -> JinjaStatement.Kind {
        let parameters = kind == .symbol("(") ? try parameters() : []
        let call = try expression()
        guard case .call(let callee, let arguments) = call.kind else {
            throw JinjaError(.syntax, "a call was expected", at: call.position)
        }
        let caller = try definition(name: nil, parameters: parameters, end: "endcall")
        return .callBlock(callee: callee, arguments, caller: caller)
    }

    private mutating func parameters() throws -> [(name: String, standard: JinjaExpression?)] {
        var parameters: [(name: String, standard: JinjaExpression?)] = []
        try expect(.symbol("("))
        while kind != .symbol(")") {
            if !parameters.isEmpty { try expect(.symbol(",")) }
            let name = try expectName()
            guard !parameters.contains(where: { $0.name == name }) else {
                throw fault("the parameter '\(name.shortened)' stands twice")
            }
            let standard = skip("=") ? try expression() : nil
            guard standard != nil || parameters.last?.standard == nil else {
                throw fault("a parameter without a default follows one with a default")
            }
            parameters.append((name, standard))
            try checkCount(parameters.count)
        }
        advance()
        return parameters
    }

    private mutating func definition(
        name: String?, parameters: [(name: String, standard: JinjaExpression?)], end: String
    ) throws -> JinjaMacroDefinition {
        let outer = special
        special = []
        let body = try closedBlock(end)
        let used = special
        special.formUnion(outer)
        return JinjaMacroDefinition(name: name, parameters: parameters, body: body, special: used)
    }
}
