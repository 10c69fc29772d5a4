/// Filters that compare elements with one another.
enum OrderFilters {
    static let all: [String: JinjaMethod] = [
        "sort": sort, "dictsort": sortDictionary, "unique": unique, "min": extreme(.less), "max": extreme(.greater),
        "groupby": group,
    ]

    /// Positions of the elements in the order of their keys; equal ones stay as they stand.
    static func sorted(by keys: [JinjaValue], descending: Bool = false, _ budget: JinjaBudget) throws -> [Int] {
        try budget.charge(keys.count)
        let order = try keys.indices.sorted { left, right in
            try budget.charge(min(keys[left].cost, keys[right].cost))
            let isLess = try keys[left].order(keys[right], for: "<")
            if isLess == .equal { return left < right }
            return (isLess == .less) != descending
        }
        return order
    }

    private static let sort: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("reverse", "case_sensitive", "attribute")
        let paths = try AttributePath.several(arguments.given(2), ignoresCase: !arguments.isTrue(1), budget)
        let elements = try value.collected(budget)
        let keys = try elements.map { element in
            try budget.charge(paths.count)
            return try JinjaValue.list(of: paths.map { try $0.value(of: element, budget) })
        }
        let order = try sorted(by: keys, descending: arguments.isTrue(0), budget)
        return try .list(of: order.map { elements[$0] })
    }

    private static let sortDictionary: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("case_sensitive", "by", "reverse")
        let by = try arguments.string(1, or: "key")
        guard by == "key" || by == "value" else {
            throw JinjaError.runtime("You can only sort by either \"key\" or \"value\"")
        }
        if case .undefined(let undefined) = value { throw undefined.error }
        guard case .dictionary(let dictionary) = value else {
            throw JinjaError.runtime("'\(value.typeName)' object has no attribute 'items'")
        }
        let path = try AttributePath(nil, ignoresCase: !arguments.isTrue(0), budget)
        try budget.charge(dictionary.count)
        let keys = try (by == "key" ? dictionary.keys : dictionary.values).map { try path.value(of: $0, budget) }
        let order = try sorted(by: keys, descending: arguments.isTrue(2), budget)
        return try .list(of: order.map { dictionary.item($0) })
    }

    private static let unique: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("case_sensitive", "attribute")
        let path = try AttributePath(arguments.given(1), ignoresCase: !arguments.isTrue(0), budget)
        let depth = try call.depth(with: value)
        var seen: Set<JinjaKey> = []
        var elements: JinjaGenerator?
        return .generator(
            JinjaGenerator(depth: depth, budget) {
                let source = try elements ?? value.iterator(budget)
                elements = source
                while let element = try source.next() {
                    let key = try path.value(of: element, budget)
                    try budget.charge(key.cost)
                    if seen.insert(try JinjaKey(key)).inserted { return element }
                }
                return nil
            })
    }

    private static func extreme(_ wanted: JinjaOrder) -> JinjaMethod {
        { value, budget, call in
            let arguments = try call.bound("case_sensitive", "attribute")
            let path = try AttributePath(arguments.given(1), ignoresCase: !arguments.isTrue(0), budget)
            let elements = try value.iterator(budget)
            guard var best = try elements.next() else { return .undefined(JinjaUndefined(.item("aggregated"))) }
            var bestKey = try path.value(of: best, budget)
            while let element = try elements.next() {
                let key = try path.value(of: element, budget)
                try budget.charge(min(key.cost, bestKey.cost))
                if try key.order(bestKey, for: wanted == .less ? "<" : ">") == wanted {
                    (best, bestKey) = (element, key)
                }
            }
            return best
        }
    }

    /// Pairs of a key and the elements that have it, in the order of keys.
    private static let group: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("attribute", "default", "case_sensitive", required: 1)
        let ignoresCase = !arguments.isTrue(2)
        let path = try AttributePath(
            arguments.given(0), standard: arguments.given(1), ignoresCase: ignoresCase, budget)
        let shown = try AttributePath(arguments.given(0), standard: arguments.given(1), budget)
        let elements = try value.collected(budget)
        let keys = try elements.map { try path.value(of: $0, budget) }
        var groups: [(key: JinjaValue, elements: [JinjaValue])] = []
        for index in try sorted(by: keys, budget) {
            try budget.charge(keys[index].cost)
            if let key = groups.last?.key, try key.equals(keys[index]) {
                groups[groups.count - 1].elements.append(elements[index])
            } else {
                groups.append((keys[index], [elements[index]]))
            }
        }
        return try .list(
            of: groups.map { group in
                try .tuple(of: [try shown.value(of: group.elements[0], budget), try .list(of: group.elements)])
            })
    }
}
