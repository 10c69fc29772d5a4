/// Methods of lists, tuples and dictionaries that change nothing.
enum ContainerMethods {
    /// What the sandbox hides.
    static let changingLists: Set<String> = ["append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"]
    static let changingDictionaries: Set<String> = ["clear", "pop", "popitem", "setdefault", "update"]

    static let ofLists: [String: JinjaMethod] = [
        "index": index, "count": count,
        "copy": { value, _, call in
            _ = try call.bound()
            return value
        },
    ]

    static let ofTuples: [String: JinjaMethod] = ["index": index, "count": count]

    static let ofDictionaries: [String: JinjaMethod] = [
        "get": get, "keys": view(.keys), "values": view(.values), "items": view(.items),
        "copy": { value, _, call in
            _ = try call.bound()
            return value
        },
    ]

    private static func elements(_ value: JinjaValue) -> [JinjaValue] {
        switch value {
        case .list(let sequence), .tuple(let sequence): sequence.elements
        default: []
        }
    }

    private static let index: JinjaMethod = { value, budget, call in
        try call.refuseKeywords()
        let arguments = try call.bound("value", "start", "stop", required: 1)
        let elements = elements(value)
        let wanted = arguments[0] ?? .none
        let start = Bounds.clamped(try arguments.integer(1, or: 0), elements.count)
        let stop = Bounds.clamped(try arguments.integer(2, or: elements.count), elements.count)
        for element in elements { try budget.charge(min(element.cost, wanted.cost)) }
        for index in start..<max(start, stop) where try elements[index].equals(wanted) { return .int(index) }
        throw JinjaError.runtime("\(try wanted.represented(budget)) is not in \(value.typeName)")
    }

    private static let count: JinjaMethod = { value, budget, call in
        try call.refuseKeywords()
        let wanted = try call.bound("value", required: 1)[0] ?? .none
        let elements = elements(value)
        for element in elements { try budget.charge(min(element.cost, wanted.cost)) }
        return .int(try elements.count { try $0.equals(wanted) })
    }

    private static let get: JinjaMethod = { value, budget, call in
        try call.refuseKeywords()
        let arguments = try call.bound("key", "default", required: 1)
        guard case .dictionary(let dictionary) = value else { return .none }
        try budget.charge(arguments[0]?.cost ?? 0)
        return try dictionary.value(arguments[0] ?? .none) ?? arguments[1] ?? .none
    }

    private static func view(_ kind: JinjaView.Kind) -> JinjaMethod {
        { value, _, call in
            _ = try call.bound()
            guard case .dictionary(let dictionary) = value else { return .none }
            return .view(JinjaView(dictionary: dictionary, kind: kind))
        }
    }
}

/// Positions as Python's methods take them: from the end where negative, never outside.
enum Bounds {
    static func clamped(_ position: Int, _ count: Int) -> Int {
        min(max(position < 0 ? position + count : position, 0), count)
    }
}
