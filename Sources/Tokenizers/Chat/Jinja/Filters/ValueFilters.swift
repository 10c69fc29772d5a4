/// Filters that turn a value into another kind of value.
enum ValueFilters {
    static let all: [String: JinjaMethod] = [
        "default": standard, "d": standard, "string": string, "safe": safe, "escape": escape, "e": escape,
        "forceescape": forceEscape, "tojson": toJSON, "attr": attribute, "items": items,
    ]

    private static let standard: JinjaMethod = { value, _, call in
        let arguments = try call.bound("default_value", "boolean")
        let isMissing = value.isUndefined || (arguments.isTrue(1) && !value.isTrue)
        return isMissing ? arguments[0] ?? .text("") : value
    }

    private static let string: JinjaMethod = { value, budget, call in
        _ = try call.bound()
        if case .markup = value { return value }
        return .text(try value.written(budget))
    }

    private static let safe: JinjaMethod = { value, budget, call in
        _ = try call.bound()
        return .markup(try value.written(budget))
    }

    private static let escape: JinjaMethod = { value, budget, call in
        _ = try call.bound()
        return .markup(try Markup.escaped(value, budget))
    }

    private static let forceEscape: JinjaMethod = { value, budget, call in
        _ = try call.bound()
        return .markup(try Markup.escaped(.text(try value.written(budget)), budget))
    }

    private static let toJSON: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("ensure_ascii", "indent", "separators", "sort_keys")
        return .text(try JinjaJSON(arguments, budget).write(value))
    }

    /// An attribute, never an item.
    private static let attribute: JinjaMethod = { value, budget, call in
        let name = try budget.checked(try call.bound("name", required: 1).string(0, or: ""))
        if case .undefined = value { return try value.attribute(name) }
        return try value.pythonAttribute(name) ?? value.lacking(name)
    }

    private static let items: JinjaMethod = { value, budget, call in
        _ = try call.bound()
        switch value {
        case .undefined: return .generator(JinjaGenerator([], depth: 1, budget))
        case .dictionary(let dictionary):
            return .generator(
                JinjaGenerator(count: dictionary.count, depth: dictionary.extent.depth, budget) {
                    dictionary.item($0)
                })
        default:
            // Refused when somebody asks for an element, as everything that a generator does.
            return .generator(
                JinjaGenerator(depth: 1, budget) {
                    throw JinjaError.runtime("Can only get item pairs from a mapping.")
                })
        }
    }
}
