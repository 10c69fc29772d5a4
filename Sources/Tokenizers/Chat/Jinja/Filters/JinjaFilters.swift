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
    init(
        _ attribute: JinjaValue?, standard: JinjaValue? = nil, ignoresCase: Bool = false, _ evaluator: JinjaEvaluator
    ) throws {
        parts = try attribute.map { try Self.parts($0, evaluator) } ?? []
        self.standard = standard
        self.ignoresCase = ignoresCase
    }

    /// Several paths that stand with commas between them.
    static func several(
        _ attribute: JinjaValue?, ignoresCase: Bool, _ evaluator: JinjaEvaluator
    ) throws -> [AttributePath] {
        guard let names = attribute?.string else {
            return [try AttributePath(attribute, ignoresCase: ignoresCase, evaluator)]
        }
        try evaluator.charge(names)
        return try PythonText.split(names.scalars, by: [","], limit: -1, fromEnd: false).map { path in
            try AttributePath(.text(String(scalars: path)), ignoresCase: ignoresCase, evaluator)
        }
    }

    private static func parts(_ attribute: JinjaValue, _ evaluator: JinjaEvaluator) throws -> [JinjaValue] {
        guard let path = attribute.string else { return [attribute] }
        try evaluator.charge(path)
        return PythonText.split(path.scalars, by: ["."], limit: -1, fromEnd: false).map { .indexOrName($0) }
    }

    func value(of element: JinjaValue, _ evaluator: JinjaEvaluator) throws -> JinjaValue {
        var value = element
        for part in parts {
            try evaluator.charge(1)
            value = try value.item(part, evaluator)
            if let standard, value.isUndefined { value = standard }
        }
        guard ignoresCase, let text = value.string else { return value }
        try evaluator.charge(text)
        return .text(try evaluator.checked(PythonText.lower(text.unicodeScalars)))
    }
}

extension JinjaValue {
    /// A part of a path: a number where it is written in digits.
    static func indexOrName(_ part: some Collection<Unicode.Scalar>) -> JinjaValue {
        let text = String(scalars: part)
        guard !part.isEmpty, part.allSatisfy(\.isASCIIDigit), let index = Int(text) else { return .text(text) }
        return .int(index)
    }
}
