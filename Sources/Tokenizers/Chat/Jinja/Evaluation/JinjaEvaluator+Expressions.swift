/// Expressions.
extension JinjaEvaluator {
    func evaluate(_ expression: JinjaExpression, _ scope: JinjaScope) throws -> JinjaValue {
        if let value = try placed(at: expression.position, { try leaf(expression, scope) }) { return value }
        return try nested(at: expression.position) { try compute(expression, scope) }
    }

    /// The value of an expression that has no others in it; nil for one that has.
    private func leaf(_ expression: JinjaExpression, _ scope: JinjaScope) throws -> JinjaValue? {
        let value: JinjaValue
        switch expression.kind {
        case .none: value = .none
        case .boolean(let isTrue): value = .bool(isTrue)
        case .integer(let number): value = .int(number)
        case .float(let number): value = .float(number)
        case .text(let text): value = .text(text)
        case .name(let name): value = try lookUp(name, scope)
        case .captured: value = captured
        default: return nil
        }
        try budget.charge(1)
        return value
    }

    private func evaluate(_ expressions: [JinjaExpression], _ scope: JinjaScope) throws -> [JinjaValue] {
        try expressions.map { try evaluate($0, scope) }
    }

    private func compute(_ expression: JinjaExpression, _ scope: JinjaScope) throws -> JinjaValue {
        switch expression.kind {
        case .list(let parts): return try .list(of: evaluate(parts, scope))
        case .tuple(let parts): return try .tuple(of: evaluate(parts, scope))
        case .dictionary(let members): return try dictionary(members, scope)
        case .attribute(let operand, let name):
            try budget.charge(name.utf8.count / 64)
            return try evaluate(operand, scope).attribute(name)
        case .item(let operand, let key):
            return try evaluate(operand, scope).item(try evaluate(key, scope), budget)
        case .slice(let operand, let slice):
            return try evaluate(operand, scope).sliced(
                start: try slice.start.map { try evaluate($0, scope) },
                stop: try slice.stop.map { try evaluate($0, scope) },
                step: try slice.step.map { try evaluate($0, scope) }, budget)
        case .call(let callee, let arguments):
            let function = try evaluate(callee, scope)
            return try call(function, try evaluate(arguments, scope))
        case .filter(let operand, let name, let arguments):
            return try JinjaFilters.apply(
                name, to: try evaluate(operand, scope), try evaluate(arguments, scope), budget)
        case .test(let operand, let name, let arguments):
            return .bool(
                try JinjaTests.holds(
                    name, of: try evaluate(operand, scope), try evaluate(arguments, scope), budget))
        case .concatenation(let parts): return .text(try concatenation(parts, scope))
        case .comparison(let first, let rest): return try comparison(first, rest, scope)
        case .conditional(let test, let then, let otherwise):
            return try conditional(test, then, otherwise, scope, at: expression.position)
        default: return try operation(expression, scope)
        }
    }

    /// Signs, logic and arithmetic.
    private func operation(_ expression: JinjaExpression, _ scope: JinjaScope) throws -> JinjaValue {
        switch expression.kind {
        case .not(let operand): return .bool(!(try evaluate(operand, scope).isTrue))
        case .negative(let operand): return try evaluate(operand, scope).negated()
        case .positive(let operand): return try evaluate(operand, scope).posited()
        case .arithmetic(let left, let operation, let right):
            return try evaluate(left, scope).applying(operation, try evaluate(right, scope), budget)
        case .and(let left, let right):
            let value = try evaluate(left, scope)
            return value.isTrue ? try evaluate(right, scope) : value
        case .or(let left, let right):
            let value = try evaluate(left, scope)
            return value.isTrue ? value : try evaluate(right, scope)
        default: throw JinjaError.unsupported("an expression of a kind that is not known")
        }
    }

    private func dictionary(_ members: [(key: JinjaExpression, value: JinjaExpression)], _ scope: JinjaScope) throws
        -> JinjaValue
    {
        var builder = JinjaDictionary.Builder()
        for member in members {
            let key = try evaluate(member.key, scope)
            try budget.charge(key.cost)
            try builder.set(key, to: try evaluate(member.value, scope))
        }
        return .dictionary(try builder.build())
    }

    private func concatenation(_ parts: [JinjaExpression], _ scope: JinjaScope) throws -> String {
        let values = try evaluate(parts, scope)
        var text = ""
        for value in values { try budget.append(try value.written(budget), to: &text) }
        return text
    }

    private func conditional(
        _ test: JinjaExpression, _ then: JinjaExpression, _ otherwise: JinjaExpression?, _ scope: JinjaScope,
        at position: JinjaPosition
    ) throws -> JinjaValue {
        if try evaluate(test, scope).isTrue { return try evaluate(then, scope) }
        if let otherwise { return try evaluate(otherwise, scope) }
        return .undefined(JinjaUndefined(.condition(line: position.line)))
    }

    /// `a < b < c`: each pair in turn, until one does not hold.
    private func comparison(
        _ first: JinjaExpression, _ rest: [(comparator: PythonComparator, operand: JinjaExpression)],
        _ scope: JinjaScope
    ) throws -> JinjaValue {
        var left = try evaluate(first, scope)
        for (comparator, operand) in rest {
            let right = try evaluate(operand, scope)
            guard try left.compared(comparator, with: right, budget) else { return .bool(false) }
            left = right
        }
        return .bool(true)
    }
}
