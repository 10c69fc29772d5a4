/// Calls of functions and macros.
extension JinjaEvaluator {
    func evaluate(_ arguments: JinjaArguments, _ scope: JinjaScope) throws -> JinjaCall {
        var call = JinjaCall()
        call.positional = try arguments.positional.map { try evaluate($0, scope) }
        for keyword in arguments.keywords {
            call.keywords.append((keyword.name, try evaluate(keyword.value, scope)))
        }
        if let spread = arguments.spread {
            call.positional += try evaluate(spread, scope).collected(budget)
        }
        if let spread = arguments.keywordSpread {
            guard case .dictionary(let dictionary) = try evaluate(spread, scope) else {
                throw JinjaError.runtime("argument after ** must be a mapping")
            }
            for (key, value) in zip(dictionary.keys, dictionary.values) {
                let name = try key.asString()
                try budget.charge((1 + call.keywords.count) * (1 + name.utf8.count / 64))
                guard !call.keywords.contains(where: { $0.name.isExactly(name) }) else {
                    throw JinjaError.runtime("got multiple values for keyword argument '\(name)'")
                }
                call.keywords.append((name, value))
            }
        }
        return call
    }

    func call(_ callee: JinjaValue, _ call: JinjaCall) throws -> JinjaValue {
        switch callee {
        case .function(let function): return try function.call(budget, call)
        case .macro(let macro): return .text(try macro.call(call))
        case .loop(let loop):
            let arguments = try call.bound("iterable", required: 1)
            guard let recurse = loop.recurse, let elements = arguments[0] else {
                throw JinjaError.runtime("The loop must have the 'recursive' marker to be called recursively.")
            }
            return try recurse(elements)
        case .undefined(let undefined): throw undefined.error
        default: throw JinjaError.runtime("'\(callee.typeName)' object is not callable")
        }
    }

    /// Gives a macro's parameters their values, by position, then by name, then by default, and renders its body.
    func call(_ definition: JinjaMacroDefinition, _ outer: JinjaScope, _ call: JinjaCall) throws -> String {
        let scope = JinjaScope(parent: outer)
        var keywords = call.keywords
        func take(_ name: String) throws -> JinjaValue? {
            try budget.charge(1 + keywords.count)
            return keywords.firstIndex { $0.name.isExactly(name) }.map { keywords.remove(at: $0).value }
        }
        try budget.charge(call.positional.count)
        var given: [JinjaValue?] = []
        for (index, parameter) in definition.parameters.enumerated() {
            given.append(index < call.positional.count ? call.positional[index] : try take(parameter.name))
        }
        try bind(definition.parameters, to: given, scope)
        if definition.special.contains("caller"), !definition.parameters.contains(where: { $0.name == "caller" }) {
            let caller = try take("caller")
            scope["caller"] = caller.flatMap { $0.isNone ? nil : $0 } ?? .undefined(JinjaUndefined(.caller))
        }
        try bindRest(definition, call.positional.dropFirst(definition.parameters.count), keywords, scope)
        return try capture { _ = try execute(definition.body, scope) }
    }

    /// Parameters that are not given take their defaults in turn, which see every parameter and none from outside of the
    /// same name.
    private func bind(
        _ parameters: [(name: String, standard: JinjaExpression?)], to given: [JinjaValue?], _ scope: JinjaScope
    ) throws {
        for (parameter, value) in zip(parameters, given) {
            try budget.charge(1 + parameter.name.utf8.count / 64)
            scope[parameter.name] = value ?? .undefined(JinjaUndefined(.name(parameter.name)))
        }
        for (parameter, value) in zip(parameters, given) where value == nil {
            try budget.charge(1 + parameter.name.utf8.count / 64)
            scope[parameter.name] =
                try parameter.standard.map { try evaluate($0, scope) }
                ?? .undefined(JinjaUndefined(.parameter(parameter.name)))
        }
    }

    /// What a macro is called with beyond its parameters.
    private func bindRest(
        _ definition: JinjaMacroDefinition, _ positional: ArraySlice<JinjaValue>,
        _ keywords: [(name: String, value: JinjaValue)], _ scope: JinjaScope
    ) throws {
        func name() -> String { definition.name.map(PythonText.quoted) ?? "None" }
        if definition.special.contains("kwargs") {
            var builder = JinjaDictionary.Builder()
            for keyword in keywords {
                try budget.charge(keyword.name)
                try builder.set(.text(keyword.name), to: keyword.value)
            }
            scope["kwargs"] = .dictionary(try builder.build())
        } else if let keyword = keywords.first {
            throw JinjaError.runtime("macro \(name()) takes no keyword argument \(PythonText.quoted(keyword.name))")
        }
        if definition.special.contains("varargs") {
            scope["varargs"] = try .tuple(of: Array(positional))
        } else if !positional.isEmpty {
            throw JinjaError.runtime(
                "macro \(name()) takes not more than \(definition.parameters.count) argument(s)")
        }
    }
}
