/// Statements.
extension JinjaEvaluator {
    /// How a body ended.
    enum Ending { case normal, exitLoop, nextTurn }

    func execute(_ body: [JinjaStatement], _ scope: JinjaScope) throws -> Ending {
        for statement in body {
            let ending = try nested(at: statement.position) { try execute(statement, scope) }
            guard ending == .normal else { return ending }
        }
        return .normal
    }

    private func execute(_ statement: JinjaStatement, _ scope: JinjaScope) throws -> Ending {
        switch statement.kind {
        case .text(let text): try write(text)
        case .output(let value): try write(try evaluate(value, scope).written(budget))
        case .set(let target, let value): try assign(try evaluate(value, scope), to: target, scope)
        case .setBlock(let target, let filters, let body):
            return try captured(body, filters, scope) { try assign($0, to: target, scope) }
        case .filterBlock(let filters, let body):
            return try captured(body, filters, scope) { try write(try $0.written(budget)) }
        case .loop(let loop): return try execute(loop, scope)
        case .condition(let branches, let otherwise):
            for branch in branches where try evaluate(branch.test, scope).isTrue {
                return try execute(branch.body, scope)
            }
            return try execute(otherwise, scope)
        case .macro(let definition):
            try budget.charge(definition.name ?? "")
            scope[definition.name ?? ""] = .macro(try macro(definition, scope))
        case .callBlock(let callee, let arguments, let caller):
            let function = try evaluate(callee, scope)
            var call = try evaluate(arguments, scope)
            call.keywords.append(("caller", .macro(try macro(caller, scope))))
            try write(try self.call(function, call).written(budget))
        case .with(let bindings, let body): return try with(bindings, body, scope)
        case .generation(let body): try generate(body, scope)
        case .exitLoop: return .exitLoop
        case .nextTurn: return .nextTurn
        }
        return .normal
    }

    /// Renders a body into a value, lets filters over it, and hands it on.
    private func captured(
        _ body: [JinjaStatement], _ filters: JinjaExpression, _ scope: JinjaScope, _ use: (JinjaValue) throws -> Void
    ) throws -> Ending {
        let inner = JinjaScope(parent: scope)
        var ending = Ending.normal
        let text = try capture { ending = try execute(body, inner) }
        guard ending == .normal else { return ending }
        let before = captured
        captured = .text(text)
        defer { captured = before }
        try use(try evaluate(filters, inner))
        return .normal
    }

    private func with(
        _ bindings: [(target: JinjaTarget, value: JinjaExpression)], _ body: [JinjaStatement], _ scope: JinjaScope
    ) throws -> Ending {
        let inner = JinjaScope(parent: scope)
        // Values see what stands outside, not one another.
        let values = try bindings.map { try evaluate($0.value, scope) }
        for (binding, value) in zip(bindings, values) { try assign(value, to: binding.target, inner) }
        return try execute(body, inner)
    }

    // MARK: Assignment

    func assign(_ value: JinjaValue, to target: JinjaTarget, _ scope: JinjaScope) throws {
        switch target {
        case .name(let name):
            try budget.charge(1 + name.utf8.count / 64)
            scope[name] = value
        case .tuple(let targets):
            let elements = try unpacked(value, count: targets.count)
            for (target, element) in zip(targets, elements) { try assign(element, to: target, scope) }
        case .namespace(let name, let attribute):
            guard case .namespace(let namespace) = try lookUp(name, scope) else {
                throw JinjaError.runtime("cannot assign attribute on non-namespace object")
            }
            try budget.charge(attribute.utf8.count / 64)
            try namespace.set(attribute, to: value)
        }
    }

    private func unpacked(_ value: JinjaValue, count: Int) throws -> [JinjaValue] {
        guard let elements = value.elements(budget) else {
            throw JinjaError.runtime("cannot unpack non-iterable \(value.typeName) object")
        }
        var values: [JinjaValue] = []
        while let element = try elements.next() {
            guard values.count < count else {
                throw JinjaError.runtime("too many values to unpack (expected \(count))")
            }
            values.append(element)
        }
        guard values.count == count else {
            throw JinjaError.runtime("not enough values to unpack (expected \(count), got \(values.count))")
        }
        return values
    }

    // MARK: Loops

    private func execute(_ loop: JinjaLoopDefinition, _ scope: JinjaScope) throws -> Ending {
        let elements = try evaluate(loop.iterable, scope)
        guard loop.isRecursive else { return try run(loop, over: elements, scope, outerLoops: 0) }
        // Rendered into a value, as jinja2 does with what may be called again.
        try write(try recursion(loop, over: elements, scope, outerLoops: 0))
        return .normal
    }

    private func recursion(
        _ loop: JinjaLoopDefinition, over elements: JinjaValue, _ scope: JinjaScope, outerLoops: Int
    ) throws -> String {
        try capture { _ = try run(loop, over: elements, scope, outerLoops: outerLoops) }
    }

    private func run(
        _ loop: JinjaLoopDefinition, over elements: JinjaValue, _ scope: JinjaScope, outerLoops: Int
    ) throws -> Ending {
        var iterator = try elements.iterator(budget)
        if let test = loop.test { iterator = filtered(iterator, loop.target, test, scope) }
        // Characters are not counted before somebody asks for their number.
        let count = loop.test == nil && elements.string == nil ? elements.count : nil
        let state = try self.loop(iterator, count: count, outerLoops: outerLoops)
        if loop.isRecursive {
            state.recurse = { [unowned self] inner in
                .text(try self.recursion(loop, over: inner, scope, outerLoops: outerLoops + 1))
            }
        }
        var wasRun = false
        turns: while let element = try state.next() {
            try budget.charge(1)
            wasRun = true
            let inner = JinjaScope(parent: scope)
            try assign(element, to: loop.target, inner)
            inner["loop"] = .loop(state)
            switch try execute(loop.body, inner) {
            case .exitLoop: break turns
            case .normal, .nextTurn: continue
            }
        }
        return wasRun ? .normal : try execute(loop.otherwise, JinjaScope(parent: scope))
    }

    /// The elements for which the test of `for … in … if …` holds.
    private func filtered(
        _ elements: JinjaGenerator, _ target: JinjaTarget, _ test: JinjaExpression, _ scope: JinjaScope
    ) -> JinjaGenerator {
        JinjaGenerator(depth: elements.depth, budget) { [unowned self] in
            while let element = try elements.next() {
                try budget.charge(1)
                let inner = JinjaScope(parent: scope)
                try assign(element, to: target, inner)
                if try evaluate(test, inner).isTrue { return element }
            }
            return nil
        }
    }
}
