/// Filters that take elements one by one: `map`, `select`, `reject` and their likes. They look at an element when it is
/// asked for, as Python's generators do.
enum SelectionFilters {
    static let all: [String: JinjaMethod] = [
        "map": map,
        "select": selecting(byAttribute: false, keeps: true), "reject": selecting(byAttribute: false, keeps: false),
        "selectattr": selecting(byAttribute: true, keeps: true),
        "rejectattr": selecting(byAttribute: true, keeps: false),
    ]

    private typealias Change = (JinjaValue) throws -> JinjaValue

    private static let map: JinjaMethod = { value, budget, call in
        try generator(over: value, call, budget) {
            try mapping(call, $0)
        } step: { change, elements in
            try elements.next().map(change)
        }
    }

    /// - Parameters:
    ///   - call: what the filter is called with, which the generator holds too.
    ///   - prepare: reads the arguments; not called where there is nothing to go through.
    ///   - step: the next element.
    private static func generator<Prepared>(
        over value: JinjaValue, _ call: JinjaCall, _ budget: JinjaBudget,
        prepare: @escaping (JinjaBudget) throws -> Prepared,
        step: @escaping (Prepared, JinjaGenerator) throws -> JinjaValue?
    ) throws -> JinjaValue {
        var state: (prepared: Prepared, elements: JinjaGenerator)?
        let depth = try call.depth(with: value)
        return .generator(
            JinjaGenerator(depth: depth, budget) {
                try budget.charge(1)
                if state == nil {
                    guard value.isTrue else { return nil }
                    state = (try prepare(budget), try value.iterator(budget))
                }
                return try state.flatMap { try step($0.prepared, $0.elements) }
            })
    }

    private static func mapping(_ call: JinjaCall, _ budget: JinjaBudget) throws -> Change {
        if call.positional.isEmpty, call.keywords.contains(where: { $0.name == "attribute" }) {
            let arguments = try call.bound("attribute", "default")
            let path = try AttributePath(arguments.given(0), standard: arguments.given(1), budget)
            return { try path.value(of: $0, budget) }
        }
        guard let name = call.positional.first else { throw JinjaError.runtime("map requires a filter argument") }
        let rest = JinjaCall(positional: Array(call.positional.dropFirst()), keywords: call.keywords)
        let filter = try budget.checked(try name.asString())
        guard JinjaFilters.all[filter] != nil else {
            guard !JinjaFilters.unsupported.contains(filter) else {
                throw JinjaError.unsupported("the filter '\(filter)' is not supported in chat templates")
            }
            throw JinjaError.runtime("No filter named \(PythonText.quoted(filter)).")
        }
        return { try JinjaFilters.apply(filter, to: $0, rest, budget) }
    }

    private static func selecting(byAttribute: Bool, keeps: Bool) -> JinjaMethod {
        { value, budget, call in
            try generator(over: value, call, budget) {
                try testing(call, byAttribute, $0)
            } step: { holds, elements in
                while let element = try elements.next() {
                    if try holds(element) == keeps { return element }
                }
                return nil
            }
        }
    }

    private static func testing(_ call: JinjaCall, _ byAttribute: Bool, _ budget: JinjaBudget) throws
        -> (JinjaValue) throws -> Bool
    {
        var positional = call.positional[...]
        var path = try AttributePath(nil, budget)
        if byAttribute {
            guard let attribute = positional.popFirst() else {
                throw JinjaError.runtime("Missing parameter for attribute name")
            }
            path = try AttributePath(attribute, budget)
        }
        guard let name = positional.popFirst() else {
            return { [path] in
                try budget.charge(1)
                return try path.value(of: $0, budget).isTrue
            }
        }
        let rest = JinjaCall(positional: Array(positional), keywords: call.keywords)
        let test = try budget.checked(try name.asString())
        guard JinjaTests.all[test] != nil else {
            throw JinjaError.runtime("No test named \(PythonText.quoted(test)).")
        }
        return { [path] in
            try budget.charge(1)
            return try JinjaTests.holds(test, of: try path.value(of: $0, budget), rest, budget)
        }
    }
}
