import Foundation

/// jinja2's tests by their names: what may stand after `is`.
enum JinjaTests {
    typealias Test = @Sendable (JinjaValue, JinjaBudget, JinjaCall) throws -> Bool

    static let all: [String: Test] = kinds.merging(comparisons) { first, _ in first }
        .merging(numbers) { first, _ in first }

    /// - Throws: where there is no test of that name, and what it throws.
    static func holds(_ name: String, of value: JinjaValue, _ call: JinjaCall, _ budget: JinjaBudget) throws -> Bool {
        guard let test = all[name] else {
            throw JinjaError.runtime("No test named \(PythonText.quoted(name)) found.")
        }
        return try budget.deeper { try test(value, budget, call) }
    }

    /// A test without arguments.
    private static func plain(_ holds: @escaping @Sendable (JinjaValue) throws -> Bool) -> Test {
        { value, _, call in
            _ = try call.bound()
            return try holds(value)
        }
    }

    private static let kinds: [String: Test] = [
        "defined": plain { !$0.isUndefined },
        "undefined": plain { $0.isUndefined },
        "none": plain { $0.isNone },
        "boolean": plain { if case .bool = $0 { true } else { false } },
        "true": plain { if case .bool(true) = $0 { true } else { false } },
        "false": plain { if case .bool(false) = $0 { true } else { false } },
        "integer": plain { if case .int = $0 { true } else { false } },
        "float": plain { if case .float = $0 { true } else { false } },
        "number": plain { $0.number != nil },
        "string": plain { $0.string != nil },
        "mapping": plain { if case .dictionary = $0 { true } else { false } },
        "sequence": plain {
            switch $0 {
            // Undefined has a length and subscripts, and fails only when one is used.
            case .undefined, .text, .markup, .list, .tuple, .dictionary, .range: true
            default: false
            }
        },
        "iterable": { value, budget, call in
            _ = try call.bound()
            if case .loop = value { return true }
            return value.elements(budget) != nil
        },
        "callable": plain {
            switch $0 {
            // Undefined has a way to be called, which raises.
            case .function, .macro, .loop, .undefined: true
            default: false
            }
        },
        "escaped": plain { if case .markup = $0 { true } else { false } },
        "lower": { value, budget, call in
            _ = try call.bound()
            return PythonText.isLower(try budget.checked(try value.written(budget)))
        },
        "upper": { value, budget, call in
            _ = try call.bound()
            return PythonText.isUpper(try budget.checked(try value.written(budget)))
        },
        "filter": { value, budget, call in
            _ = try call.bound()
            let name = try budget.checked(try value.asString())
            return JinjaFilters.all[name] != nil || JinjaFilters.unsupported.contains(name)
        },
        "test": { value, budget, call in
            _ = try call.bound()
            return JinjaTests.all[try budget.checked(try value.asString())] != nil
        },
    ]

    // MARK: Numbers

    private static let numbers: [String: Test] = [
        "odd": { value, budget, call in
            _ = try call.bound()
            return try rest(value, .int(2), budget).equals(.int(1))
        },
        "even": { value, budget, call in
            _ = try call.bound()
            return try rest(value, .int(2), budget).equals(.int(0))
        },
        "divisibleby": { value, budget, call in
            let number = try call.bound("num", required: 1)[0] ?? .none
            return try rest(value, number, budget).equals(.int(0))
        },
    ]

    private static func rest(_ value: JinjaValue, _ number: JinjaValue, _ budget: JinjaBudget) throws
        -> JinjaValue
    {
        try value.applying(.modulo, number, budget)
    }

    // MARK: Comparisons

    private static func comparing(_ comparator: PythonComparator) -> Test {
        { value, budget, call in
            try call.refuseKeywords()
            return try value.compared(comparator, with: try call.bound("other", required: 1)[0] ?? .none, budget)
        }
    }

    private static let comparisons: [String: Test] = {
        var tests: [String: Test] = [
            "in": { value, budget, call in
                try (call.bound("seq", required: 1)[0] ?? .none).contains(value, budget)
            },
            "sameas": { value, _, call in
                try isSame(value, call.bound("other", required: 1)[0] ?? .none)
            },
        ]
        let names: [(PythonComparator, [String])] = [
            (.equal, ["==", "eq", "equalto"]), (.unequal, ["!=", "ne"]), (.greater, [">", "gt", "greaterthan"]),
            (.greaterOrEqual, [">=", "ge"]), (.less, ["<", "lt", "lessthan"]), (.lessOrEqual, ["<=", "le"]),
        ]
        for (comparator, names) in names {
            for name in names { tests[name] = comparing(comparator) }
        }
        return tests
    }()

    /// Python's `is`, where it does not depend on which objects the interpreter happens to share.
    private static func isSame(_ left: JinjaValue, _ right: JinjaValue) throws -> Bool {
        switch (left, right) {
        case (.none, .none): true
        case (.bool(let left), .bool(let right)): left == right
        case (.dictionary(let left), .dictionary(let right)): left === right
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)): left === right
        case (.namespace(let left), .namespace(let right)): left === right
        case (.macro(let left), .macro(let right)): left === right
        case (.int, .int), (.float, .float), (.text, .text), (.markup, .markup), (.undefined, .undefined),
            (.range, .range), (.function, .function), (.view, .view):
            throw JinjaError.unsupported("'sameas' of two values of type \(left.typeName) depends on Python's memory")
        default: false
        }
    }
}
