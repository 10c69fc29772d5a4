/// Filters that compare elements with one another.
enum OrderFilters {
    static let all: [String: JinjaMethod] = [
        "sort": sort, "dictsort": sortDictionary, "unique": unique, "min": extreme(.less), "max": extreme(.greater),
        "groupby": group,
    ]

    /// Positions of the elements in the order of their keys; equal ones stay as they stand.
    static func sorted(
        _ elements: [JinjaValue], by keys: [JinjaValue], descending: Bool = false, _ evaluator: JinjaEvaluator
    ) throws -> [Int] {
        try evaluator.charge(elements.count)
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
        let paths = paths(arguments.given(2), ignoresCase: !arguments.isTrue(1))
        let elements = try value.collected(evaluator)
        let keys = try elements.map { element in
            try JinjaValue.list(of: paths.map { try $0.value(of: element, evaluator) })
        }
        let order = try sorted(elements, by: keys, descending: arguments.isTrue(0), evaluator)
        return try .list(of: order.map { elements[$0] })
    }

    /// Several attributes stand with commas between them.
    private static func paths(_ attribute: JinjaValue?, ignoresCase: Bool) -> [AttributePath] {
        guard let names = attribute?.string else { return [AttributePath(attribute, ignoresCase: ignoresCase)] }
        return names.split(separator: ",", omittingEmptySubsequences: false).map {
            AttributePath(.text(String($0)), ignoresCase: ignoresCase)
        }
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
        let path = AttributePath(nil, ignoresCase: !arguments.isTrue(0))
        let keys = try (by == "key" ? dictionary.keys : dictionary.values).map { try path.value(of: $0, evaluator) }
        let items = dictionary.items
        let order = try sorted(items, by: keys, descending: arguments.isTrue(2), evaluator)
        return try .list(of: order.map { items[$0] })
    }

    private static let unique: JinjaMethod = { value, evaluator, call in
        let arguments = try call.bound("case_sensitive", "attribute")
        let path = AttributePath(arguments.given(1), ignoresCase: !arguments.isTrue(0))
        let depth = try JinjaValue.depth(above: [value])
        var seen: Set<JinjaKey> = []
        var elements: JinjaGenerator?
        return .generator(
            JinjaGenerator(depth: depth) { [unowned evaluator] in
                let source = try elements ?? value.iterator()
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
            let path = AttributePath(arguments.given(1), ignoresCase: !arguments.isTrue(0))
            let elements = try value.iterator()
            guard var best = try elements.next() else {
                return .undefined(JinjaUndefined(message: "No aggregated item, sequence was empty."))
            }
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
        let path = AttributePath(arguments.given(0), standard: arguments.given(1), ignoresCase: ignoresCase)
        let shown = AttributePath(arguments.given(0), standard: arguments.given(1))
        let elements = try value.collected(evaluator)
        let keys = try elements.map { try path.value(of: $0, evaluator) }
        var groups: [(key: JinjaValue, elements: [JinjaValue])] = []
        for index in try sorted(elements, by: keys, evaluator) {
            try evaluator.charge(keys[index].cost)
            if let last = groups.last, try last.key.equals(keys[index]) {
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
