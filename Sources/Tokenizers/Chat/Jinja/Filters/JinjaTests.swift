import Foundation

/// jinja2's tests by their names: what may stand after `is`.
enum JinjaTests {
    typealias Test = @Sendable (JinjaValue, JinjaEvaluator, JinjaCall) throws -> Bool

    static let all: [String: Test] = kinds.merging(comparisons) { first, _ in first }
        .merging(numbers) { first, _ in first }

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
        "iterable": { value, evaluator, call in
            _ = try call.bound()
            if case .loop = value { return true }
            return value.elements(evaluator) != nil
        },
        "callable": plain {
            switch $0 {
            // Undefined has a way to be called, which raises.
            case .function, .macro, .loop, .undefined: true
            default: false
            }
        },
        "escaped": plain { if case .markup = $0 { true } else { false } },
        "lower": { value, evaluator, call in
            _ = try call.bound()
            return PythonText.isLower(try evaluator.checked(try value.written(evaluator)))
        },
        "upper": { value, evaluator, call in
            _ = try call.bound()
            return PythonText.isUpper(try evaluator.checked(try value.written(evaluator)))
        },
        "filter": { value, evaluator, call in
            _ = try call.bound()
            let name = try evaluator.checked(try value.asString())
            return JinjaFilters.all[name] != nil || JinjaFilters.unsupported.contains(name)
        },
        "test": { value, evaluator, call in
            _ = try call.bound()
            return JinjaTests.all[try evaluator.checked(try value.asString())] != nil
        },
    ]

    // MARK: Numbers

    private static let numbers: [String: Test] = [
        "odd": { value, evaluator, call in
            _ = try call.bound()
            return try rest(value, .int(2), evaluator).equals(.int(1))
        },
        "even": { value, evaluator, call in
            _ = try call.bound()
            return try rest(value, .int(2), evaluator).equals(.int(0))
        },
        "divisibleby": { value, evaluator, call in
            let number = try call.bound("num", required: 1)[0] ?? .none
            return try rest(value, number, evaluator).equals(.int(0))
        },
    ]

    private static func rest(_ value: JinjaValue, _ number: JinjaValue, _ evaluator: JinjaEvaluator) throws
        -> JinjaValue
    {
        try value.applying(.modulo, number, evaluator)
    }

    // MARK: Comparisons

    private static func comparing(_ comparator: JinjaComparator) -> Test {
        { value, evaluator, call in
            try call.refuseKeywords()
            return try evaluator.compare(value, comparator, try call.bound("other", required: 1)[0] ?? .none)
        }
    }

    private static let comparisons: [String: Test] = {
        var tests: [String: Test] = [
            "in": { value, evaluator, call in
                try (call.bound("seq", required: 1)[0] ?? .none).contains(value, evaluator)
            },
            "sameas": { value, _, call in
                try isSame(value, call.bound("other", required: 1)[0] ?? .none)
            },
        ]
        let names: [(JinjaComparator, [String])] = [
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
