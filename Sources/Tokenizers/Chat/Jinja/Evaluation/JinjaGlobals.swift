/// Functions that a template finds without being given them.
enum JinjaGlobals {
    typealias Function = @Sendable (JinjaEvaluator, JinjaCall) throws -> JinjaValue

    static let all: [String: Function] = [
        "range": range, "namespace": namespace, "dict": dictionary, "raise_exception": raise,
        "strftime_now": strftimeNow, "joiner": joiner, "cycler": unsupported("cycler"), "lipsum": unsupported("lipsum"),
        "self": unsupported("self"),
    ]

    private static func unsupported(_ name: String) -> Function {
        { _, _ in throw JinjaError.unsupported("the function '\(name)' is not supported in chat templates") }
    }

    private static let range: Function = { _, call in
        try call.refuseKeywords()
        let numbers = try call.positional.map { try $0.asIndex() }
        guard (1...3).contains(numbers.count) else {
            throw JinjaError.runtime("range expected 1 to 3 arguments, got \(numbers.count)")
        }
        let range = JinjaRange(
            start: numbers.count == 1 ? 0 : numbers[0], stop: numbers.count == 1 ? numbers[0] : numbers[1],
            step: numbers.count == 3 ? numbers[2] : 1)
        guard range.step != 0 else { throw JinjaError.runtime("range() arg 3 must not be zero") }
        // Bounds beyond these make sums that no longer fit, and no template needs them.
        guard numbers.allSatisfy({ abs(Double($0)) < 0x1p53 }) else { throw PythonNumber.overflow }
        guard range.count <= JinjaLimits.rangeCount else {
            throw JinjaError.runtime(
                "Range too big. The sandbox blocks ranges larger than MAX_RANGE (\(JinjaLimits.rangeCount)).")
        }
        return .range(range)
    }

    private static let namespace: Function = { evaluator, call in
        let namespace = try evaluator.namespace()
        let members = try members(call, evaluator.budget)
        for (key, value) in zip(members.keys, members.values) { try namespace.set(try key.asString(), to: value) }
        return .namespace(namespace)
    }

    private static let dictionary: Function = { evaluator, call in .dictionary(try members(call, evaluator.budget)) }

    /// What Python's `dict(…)` makes of a mapping or pairs, and of keywords.
    private static func members(_ call: JinjaCall, _ budget: JinjaBudget) throws -> JinjaDictionary {
        guard call.positional.count <= 1 else {
            throw JinjaError.runtime("dict expected at most 1 argument, got \(call.positional.count)")
        }
        var builder = JinjaDictionary.Builder()
        if case .dictionary(let dictionary)? = call.positional.first {
            for (key, value) in zip(dictionary.keys, dictionary.values) {
                try budget.charge(key.cost)
                try builder.set(key, to: value)
            }
        } else if let pairs = call.positional.first {
            for pair in try pairs.collected(budget) {
                let parts = try pair.collected(budget)
                guard parts.count == 2 else {
                    throw JinjaError.runtime(
                        "dictionary update sequence element has length \(parts.count); 2 is required")
                }
                try budget.charge(parts[0].cost)
                try builder.set(parts[0], to: parts[1])
            }
        }
        try budget.charge(call.keywords.count)
        for keyword in call.keywords { try builder.set(.text(keyword.name), to: keyword.value) }
        return try builder.build()
    }

    private static let raise: Function = { evaluator, call in
        let message = try call.bound("message", required: 1)[0] ?? .none
        throw JinjaError(.raised, try message.written(evaluator.budget))
    }

    private static let strftimeNow: Function = { evaluator, call in
        let format = try call.bound("format", required: 1).string(0, or: "")
        guard let now = evaluator.options.now else {
            throw JinjaError.unsupported("the template asks for the date, and none is stated")
        }
        return .text(try now.written(format, evaluator.budget))
    }

    /// Gives nothing when it is called first, then always the separator.
    private static let joiner: Function = { _, call in
        let separator = try call.bound("sep")[0] ?? .text(", ")
        var wasCalled = false
        return .function(
            JinjaFunction("joiner", depth: try JinjaValue.depth(above: [separator])) { _, call in
                _ = try call.bound()
                defer { wasCalled = true }
                return wasCalled ? separator : .text("")
            })
    }
}
