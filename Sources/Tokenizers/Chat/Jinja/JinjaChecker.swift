/// Finds before rendering what jinja2 finds when it compiles: names of filters and tests that nobody knows, and loop
/// controls outside of loops.
///
/// Inside of `if` an unknown name is no fault until it is reached, since a template may ask first whether it is there.
struct JinjaChecker {
    private struct Frame {
        /// Whether the code may never be reached, as jinja2 sees it.
        var isConditional = false
        var isInLoop = false

        var conditional: Frame {
            Frame(isConditional: true, isInLoop: isInLoop, hasLoopVariable: hasLoopVariable)
        }
        /// Whether `loop` belongs to a loop around this, so that nothing else may take the name.
        var hasLoopVariable = false

        /// A body with variables of its own.
        func inner(isInLoop: Bool) -> Frame {
            Frame(isConditional: false, isInLoop: isInLoop, hasLoopVariable: hasLoopVariable)
        }
    }

    func check(_ body: [JinjaStatement]) throws { try check(body, Frame()) }

    private func check(_ body: [JinjaStatement], _ frame: Frame) throws {
        for statement in body { try check(statement, frame) }
    }

    private func check(_ statement: JinjaStatement, _ frame: Frame) throws {
        switch statement.kind {
        case .text: break
        case .output(let value): try check(value, frame)
        case .set(let target, let value):
            try check(target, frame, at: statement.position)
            try check(value, frame)
        case .setBlock(let target, let filters, let body):
            try check(target, frame, at: statement.position)
            try check(filters, body, frame)
        case .filterBlock(let filters, let body): try check(filters, body, frame)
        case .loop(let loop): try check(loop, frame)
        case .condition(let branches, let otherwise):
            for branch in branches {
                try check(branch.test, frame.conditional)
                try check(branch.body, frame.conditional)
            }
            try check(otherwise, frame.conditional)
        case .macro(let macro): try check(macro, frame, at: statement.position)
        case .callBlock(let callee, let arguments, let caller):
            try check([callee] + arguments.parts, frame)
            try check(caller, frame, at: statement.position)
        case .with(let bindings, let body):
            let inner = frame.inner(isInLoop: frame.isInLoop)
            for binding in bindings {
                try check(binding.target, frame, at: statement.position)
                try check(binding.value, frame)
            }
            try check(body, inner)
        case .generation(let body): try check(body, frame.inner(isInLoop: false))
        case .exitLoop, .nextTurn:
            guard frame.isInLoop else {
                throw JinjaError(.syntax, "a loop control stands outside of a loop", at: statement.position)
            }
        }
    }

    private func check(_ filters: JinjaExpression, _ body: [JinjaStatement], _ frame: Frame) throws {
        let inner = frame.inner(isInLoop: frame.isInLoop)
        try check(filters, inner)
        try check(body, inner)
    }

    private func check(_ loop: JinjaLoopDefinition, _ outer: Frame) throws {
        var frame = outer
        try check(loop.iterable, frame)
        frame.hasLoopVariable = true
        try check(loop.target, frame, at: loop.iterable.position)
        if let test = loop.test { try check(test, frame.inner(isInLoop: false)) }
        try check(loop.body, frame.inner(isInLoop: true))
        try check(loop.otherwise, frame.inner(isInLoop: frame.isInLoop && !loop.isRecursive))
    }

    private func check(_ target: JinjaTarget, _ frame: Frame, at position: JinjaPosition) throws {
        switch target {
        case .name("loop") where frame.hasLoopVariable:
            throw JinjaError(.syntax, "the loop's own variable 'loop' cannot be set", at: position)
        case .tuple(let targets): for target in targets { try check(target, frame, at: position) }
        case .name, .namespace: break
        }
    }

    private func check(_ macro: JinjaMacroDefinition, _ outer: Frame, at position: JinjaPosition) throws {
        let frame = Frame(hasLoopVariable: outer.hasLoopVariable)
        for parameter in macro.parameters {
            if parameter.name == "caller", parameter.standard == nil, macro.special.contains("caller") {
                throw JinjaError(.syntax, "the parameter 'caller' needs a default", at: position)
            }
            if let standard = parameter.standard { try check(standard, frame) }
        }
        try check(macro.body, frame)
    }

    // MARK: Expressions

    private func check(_ expressions: [JinjaExpression], _ frame: Frame) throws {
        for expression in expressions { try check(expression, frame) }
    }

    private func check(_ expression: JinjaExpression, _ frame: Frame) throws {
        switch expression.kind {
        case .conditional(let test, let then, let otherwise):
            try check([test, then] + [otherwise].compactMap { $0 }, frame.conditional)
        case .filter(let operand, let name, let arguments):
            try Self.checkFilter(name, frame, at: expression.position)
            try check([operand] + arguments.parts, frame)
        case .test(let operand, let name, let arguments):
            if JinjaTests.all[name] == nil, !frame.isConditional {
                throw JinjaError(.syntax, "there is no test named '\(name.shortened)'", at: expression.position)
            }
            try check([operand] + arguments.parts, frame)
        default: try check(expression.kind.parts, frame)
        }
    }

    private static func checkFilter(_ name: String, _ frame: Frame, at position: JinjaPosition) throws {
        guard JinjaFilters.all[name] == nil else { return }
        if JinjaFilters.unsupported.contains(name) {
            throw JinjaError(.unsupported, "the filter '\(name)' is not supported in chat templates", at: position)
        }
        guard frame.isConditional else {
            throw JinjaError(.syntax, "there is no filter named '\(name.shortened)'", at: position)
        }
    }
}
