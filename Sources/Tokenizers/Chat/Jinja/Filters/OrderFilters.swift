/// Filters that compare elements with one another.
enum OrderFilters {
    static let all: [String: JinjaMethod] = [
        "sort": sort, "dictsort": sortDictionary, "unique": unique, "min": extreme(.less), "max": extreme(.greater),
        "groupby": group,
    ]

    /// Positions of the elements in the order of their keys; equal ones stay as they stand.
    static func sorted(by keys: [JinjaValue], descending: Bool = false, _ evaluator: JinjaEvaluator) throws -> [Int] {
        try evaluator.charge(keys.count)
        let order = try keys.indices.sorted { left, right in
            try evaluator.charge(min(keys[left].cost, keys[right].cost))
            let isLess = try keys[left].order(keys[right], for: "<")
            if isLess == .equal { return left < right }
            return (isLess == .less) != descending
        }
        return order
    }

    private static let sort: JinjaMethod = { value, evaluator, call in
        let arguments = try call.bound("reverse", "case_sensitive", "attribute")
        let paths = try AttributePath.several(arguments.given(2), ignoresCase: !arguments.isTrue(1), evaluator)
        let elements = try value.collected(evaluator)
        let keys = try elements.map { element in
            try evaluator.charge(paths.count)
            return try JinjaValue.list(of: paths.map { try $0.value(of: element, evaluator) })
        }
        let order = try sorted(by: keys, descending: arguments.isTrue(0), evaluator)
        return try .list(of: order.map { elements[$0] })
    }

    private static let sortDictionary: JinjaMethod = { value, evaluator, call in
        let arguments = try call.bound("case_sensitive", "by", "reverse")
        let by = try arguments.string(1, or: "key")
        guard by == "key" || by == "value" else {
            throw JinjaError.runtime("You can only sort by either \"key\" or \"value\"")
        }
        if case .undefined(let undefined) = value { throw undefined.error }
        guard case .dictionary(let dictionary) = value else {
            throw JinjaError.runtime("'\(value.typeName)' object has no attribute 'items'")
        }
        let path = try AttributePath(nil, ignoresCase: !arguments.isTrue(0), evaluator)
        try evaluator.charge(dictionary.count)
        let keys = try (by == "key" ? dictionary.keys : dictionary.values).map { try path.value(of: $0, evaluator) }
        let order = try sorted(by: keys, descending: arguments.isTrue(2), evaluator)
        return try .list(of: order.map { dictionary.item($0) })
    }

    private static let unique: JinjaMethod = { value, evaluator, call in
        let arguments = try call.bound("case_sensitive", "attribute")
        let path = try AttributePath(arguments.given(1), ignoresCase: !arguments.isTrue(0), evaluator)
        let depth = try call.depth(with: value)
        var seen: Set<JinjaKey> = []
        var elements: JinjaGenerator?
        return .generator(
            JinjaGenerator(depth: depth, evaluator) { [unowned evaluator] in
                let source = try elements ?? value.iterator(evaluator)
                elements = source
                while let element = try source.next() {
                    let key = try path.value(of: element, evaluator)
                    try evaluator.charge(key.cost)
                    if seen.insert(try JinjaKey(key)).inserted { return element }
                }
                return nil
            })
    }

    private static func extreme(_ wanted: JinjaOrder) -> JinjaMethod {
        { value, evaluator, call in
            let arguments = try call.bound("case_sensitive", "attribute")
            let path = try AttributePath(arguments.given(1), ignoresCase: !arguments.isTrue(0), evaluator)
            let elements = try value.iterator(evaluator)
            guard var best = try elements.next() else { return .undefined(JinjaUndefined(.item("aggregated"))) }
            var bestKey = try path.value(of: best, evaluator)
            while let element = try elements.next() {
                let key = try path.value(of: element, evaluator)
                try evaluator.charge(min(key.cost, bestKey.cost))
                if try key.order(bestKey, for: wanted == .less ? "<" : ">") == wanted {
                    (best, bestKey) = (element, key)
                }
            }
            return best
        }
    }

    /// Pairs of a key and the elements that have it, in the order of keys.
    private static let group: JinjaMethod = { value, evaluator, call in
        let arguments = try call.bound("attribute", "default", "case_sensitive", required: 1)
        let ignoresCase = !arguments.isTrue(2)
        let path = try AttributePath(
            arguments.given(0), standard: arguments.given(1), ignoresCase: ignoresCase, evaluator)
        let shown = try AttributePath(arguments.given(0), standard: arguments.given(1), evaluator)
        let elements = try value.collected(evaluator)
        let keys = try elements.map { try path.value(of: $0, evaluator) }
        var groups: [(key: JinjaValue, elements: [JinjaValue])] = []
        for index in try sorted(by: keys, evaluator) {
            try evaluator.charge(keys[index].cost)
            if let key = groups.last?.key, try key.equals(keys[index]) {
                groups[groups.count - 1].elements.append(elements[index])
            } else {
                groups.append((keys[index], [elements[index]]))
            }
        }
        return try .list(
            of: groups.map { group in
                try .tuple(of: [try shown.value(of: group.elements[0], evaluator), try .list(of: group.elements)])
            })
    }
}
