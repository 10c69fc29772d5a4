/// Methods of `str` that cut it.
enum StringSplitting {
    static let all: [String: JinjaMethod] = [
        "split": splitting(fromEnd: false), "rsplit": splitting(fromEnd: true), "splitlines": lines,
        "partition": partition(fromEnd: false), "rpartition": partition(fromEnd: true),
    ]

    private static func list(_ parts: [PythonText.Scalars], of value: JinjaValue, _ budget: JinjaBudget) throws
        -> JinjaValue
    {
        try budget.charge(parts.count)
        return try .list(of: parts.map { value.derived(String(scalars: $0)) })
    }

    private static func splitting(fromEnd: Bool) -> JinjaMethod {
        { value, budget, call in
            let arguments = try call.bound("sep", "maxsplit")
            let limit = try arguments.integer(1, or: -1)
            let text = try StringMethods.scalars(value, budget)
            guard let given = arguments.given(0) else {
                return try list(PythonText.split(text, limit: limit, fromEnd: fromEnd), of: value, budget)
            }
            let separator = try StringMethods.scalars(given, budget)
            guard !separator.isEmpty else { throw JinjaError.runtime("empty separator") }
            let parts = PythonText.split(text, by: separator, limit: limit, fromEnd: fromEnd)
            return try list(parts, of: value, budget)
        }
    }

    private static let lines: JinjaMethod = { value, budget, call in
        let keepsEnds = try call.bound("keepends").isTrue(0)
        let text = try StringMethods.scalars(value, budget)
        return try list(PythonText.lines(text, keepingEnds: keepsEnds), of: value, budget)
    }

    /// What stands before the separator, the separator, and what stands after it.
    private static func partition(fromEnd: Bool) -> JinjaMethod {
        { value, budget, call in
            try call.refuseKeywords()
            let separator = try call.bound("sep", required: 1)[0] ?? .none
            let text = try StringMethods.scalars(value, budget)
            let part = try StringMethods.scalars(separator, budget)
            guard !part.isEmpty else { throw JinjaError.runtime("empty separator") }
            let found = fromEnd ? PythonText.findLast(part, in: text) : PythonText.find(part, in: text)
            func derived(_ part: PythonText.Scalars) -> JinjaValue { value.derived(String(scalars: part)) }
            guard let found else {
                return try .tuple(of: (fromEnd ? [[], [], text[...]] : [text[...], [], []]).map(derived))
            }
            // The separator that was given, marked where it was; all of them where the text is.
            let middle = value.isMarkup ? derived(part[...]) : separator
            return try .tuple(of: [derived(text[..<found]), middle, derived(text[(found + part.count)...])])
        }
    }
}
