/// jinja2's filters by their names, and transformers' `tojson`.
enum JinjaFilters {
    static let all: [String: JinjaMethod] = TextFilters.all
        .merging(NumberFilters.all) { first, _ in first }
        .merging(SequenceFilters.all) { first, _ in first }
        .merging(SelectionFilters.all) { first, _ in first }
        .merging(OrderFilters.all) { first, _ in first }
        .merging(ValueFilters.all) { first, _ in first }

    /// What jinja2 has besides: for web pages and people's eyes, and one that gives another answer every time.
    static let unsupported: Set<String> = [
        "filesizeformat", "pprint", "random", "striptags", "urlencode", "urlize", "wordwrap", "xmlattr",
    ]

    /// - Throws: where there is no filter of that name, and what it throws.
    static func apply(_ name: String, to value: JinjaValue, _ call: JinjaCall, _ budget: JinjaBudget) throws
        -> JinjaValue
    {
        guard let filter = all[name] else {
            throw JinjaError.runtime("No filter named \(PythonText.quoted(name)) found.")
        }
        return try budget.deeper { try filter(value, budget, call) }
    }
}

/// Reads `attribute` arguments such as `function.name` or `0`.
struct AttributePath {
    private let parts: [JinjaValue]
    /// What stands in for a part that is not there.
    private let standard: JinjaValue?
    private let ignoresCase: Bool

    /// - Parameter attribute: nil for the element itself.
    init(
        _ attribute: JinjaValue?, standard: JinjaValue? = nil, ignoresCase: Bool = false, _ budget: JinjaBudget
    ) throws {
        parts = try attribute.map { try Self.parts($0, budget) } ?? []
        self.standard = standard
        self.ignoresCase = ignoresCase
    }

    /// Several paths that stand with commas between them.
    static func several(
        _ attribute: JinjaValue?, ignoresCase: Bool, _ budget: JinjaBudget
    ) throws -> [AttributePath] {
        guard let names = attribute?.string else {
            return [try AttributePath(attribute, ignoresCase: ignoresCase, budget)]
        }
        try budget.charge(names)
        return try PythonText.split(names.scalars, by: [","], limit: -1, fromEnd: false).map { path in
            try AttributePath(.text(String(scalars: path)), ignoresCase: ignoresCase, budget)
        }
    }

    private static func parts(_ attribute: JinjaValue, _ budget: JinjaBudget) throws -> [JinjaValue] {
        guard let path = attribute.string else { return [attribute] }
        try budget.charge(path)
        return PythonText.split(path.scalars, by: ["."], limit: -1, fromEnd: false).map { .indexOrName($0) }
    }

    func value(of element: JinjaValue, _ budget: JinjaBudget) throws -> JinjaValue {
        var value = element
        for part in parts {
            try budget.charge(1)
            value = try value.item(part, budget)
            if let standard, value.isUndefined { value = standard }
        }
        guard ignoresCase, let text = value.string else { return value }
        try budget.charge(text)
        return .text(try budget.checked(PythonText.lower(text.unicodeScalars)))
    }
}
