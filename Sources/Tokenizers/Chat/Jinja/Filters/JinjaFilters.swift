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
}

/// Reads `attribute` arguments such as `function.name` or `0`.
struct AttributePath {
    private let parts: [JinjaValue]
    /// What stands in for a part that is not there.
    private let standard: JinjaValue?
    private let ignoresCase: Bool

    /// - Parameter attribute: nil for the element itself.
    init(_ attribute: JinjaValue?, standard: JinjaValue? = nil, ignoresCase: Bool = false) {
        parts = attribute.map(Self.parts) ?? []
        self.standard = standard
        self.ignoresCase = ignoresCase
    }

    private static func parts(_ attribute: JinjaValue) -> [JinjaValue] {
        guard let path = attribute.string else { return [attribute] }
        return path.split(separator: ".", omittingEmptySubsequences: false).map { part in
            let isIndex = !part.isEmpty && part.unicodeScalars.allSatisfy(\.isASCIIDigit)
            return isIndex ? Int(part).map { .int($0) } ?? .text(String(part)) : .text(String(part))
        }
    }

    func value(of element: JinjaValue, _ evaluator: JinjaEvaluator) throws -> JinjaValue {
        var value = element
        for part in parts {
            value = try value.item(part, evaluator)
            if let standard, value.isUndefined { value = standard }
        }
        guard ignoresCase, let text = value.string else { return value }
        try evaluator.charge(bytes: text.utf8.count)
        return .text(PythonText.lower(text.unicodeScalars))
    }
}
