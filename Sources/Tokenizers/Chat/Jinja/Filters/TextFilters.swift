/// Filters over text. What is no text is written as text first, as jinja2's `soft_str` does.
enum TextFilters {
    static let all: [String: JinjaMethod] = [
        "upper": cased { PythonText.upper($0) }, "lower": cased { PythonText.lower($0) },
        "capitalize": cased { PythonText.capitalized($0) }, "title": title,
        "trim": trim, "replace": replace, "indent": indent, "center": center, "truncate": truncate,
        "wordcount": wordCount, "format": format,
    ]

    /// The value as text, marked where it is.
    private static func soft(_ value: JinjaValue, _ budget: JinjaBudget) throws -> JinjaValue {
        value.string == nil ? .text(try value.written(budget)) : value
    }

    @Sendable private static func scalars(_ value: JinjaValue, _ budget: JinjaBudget) throws -> [Unicode.Scalar] {
        try budget.checked(try value.written(budget)).scalars
    }

    private static func cased(_ change: @escaping @Sendable ([Unicode.Scalar]) -> String) -> JinjaMethod {
        StringMethods.cased(change, of: scalars)
    }

    /// jinja2's own: words begin after hyphens, white space and opening brackets. What comes of marked text is not
    /// marked.
    private static let title: JinjaMethod = { value, budget, call in
        _ = try call.bound()
        return .text(try budget.checked(titled(try scalars(value, budget))))
    }

    private static func titled(_ scalars: [Unicode.Scalar]) -> String {
        var output = ""
        var word: [Unicode.Scalar] = []
        func flush() {
            output += PythonText.upper(word.prefix(1)) + PythonText.lower(word.dropFirst())
            word = []
        }
        for scalar in scalars {
            if scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar) {
                flush()
                output.unicodeScalars.append(scalar)
            } else {
                word.append(scalar)
            }
        }
        flush()
        return output
    }

    private static let trim: JinjaMethod = { value, budget, call in
        let characters = try call.bound("chars").given(0)?.asString()
        try budget.charge(characters ?? "")
        return value.derived(String(scalars: PythonText.stripped(try scalars(value, budget), of: characters)))
    }

    private static let replace: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("old", "new", "count", required: 2)
        let old = try arguments[0]?.written(budget) ?? ""
        let new = try arguments[1]?.written(budget) ?? ""
        let limit = try arguments.given(2)?.asIndex() ?? -1
        return .text(
            try PythonText.replace(old, by: new, in: try scalars(value, budget), limit: limit, budget))
    }

    private static let indent: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("width", "first", "blank")
        let width = arguments[0] ?? .int(4)
        let indentation = try width.string ?? budget.repeated(" ", width.asIndex())
        if case .undefined(let undefined) = value { throw undefined.error }
        if case .markup = width, case .text = value {
            throw JinjaError.unsupported("indenting text by marked text is not supported")
        }
        // A line feed more, so that the last line counts even where it is empty.
        let lines = PythonText.lines(try budget.checked(try value.asString()).scalars + ["\n"])
        var text = arguments.isTrue(1) ? indentation : ""
        for (index, line) in lines.enumerated() {
            if index > 0 { try budget.append("\n", to: &text) }
            let isIndented = index > 0 && (!line.isEmpty || arguments.isTrue(2))
            if isIndented { try budget.append(indentation, to: &text) }
            try budget.append(String(scalars: line), to: &text)
        }
        return value.derived(text)
    }

    private static let center: JinjaMethod = { value, budget, call in
        let width = try call.bound("width").integer(0, or: 80)
        let text = try soft(value, budget)
        return text.derived(try Padding.center(try text.asString(), width, " ", budget))
    }

    private static let truncate: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("length", "killwords", "end", "leeway")
        let length = try arguments.integer(0, or: 255)
        let leeway = try arguments.given(3)?.asIndex() ?? 5
        let end = arguments[2] ?? .text("...")
        try budget.charge(end.cost)
        let endCount = try end.length()
        guard length >= endCount else { throw JinjaError.runtime("expected length >= \(endCount), got \(length)") }
        guard leeway >= 0 else { throw JinjaError.runtime("expected leeway >= 0, got \(leeway)") }
        try budget.charge(value.string ?? "")
        // Whatever has a length, and is short enough, is given back.
        guard try value.length() - leeway > length else { return value }
        var kept = try value.asString().scalars[..<(length - endCount)]
        if !arguments.isTrue(1) { kept = PythonText.split(Array(kept), by: [" "], limit: 1, fromEnd: true)[0] }
        return try value.derived(String(scalars: kept)).applying(.add, end, budget)
    }

    private static let wordCount: JinjaMethod = { value, budget, call in
        _ = try call.bound()
        var (count, isInWord) = (0, false)
        for scalar in try scalars(value, budget) {
            if scalar.isWordPart, !isInWord { count += 1 }
            isInWord = scalar.isWordPart
        }
        return .int(count)
    }

    private static let format: JinjaMethod = { value, budget, call in
        guard call.positional.isEmpty || call.keywords.isEmpty else {
            throw JinjaError.runtime("can't handle positional and keyword arguments at the same time")
        }
        let text = try soft(value, budget)
        let arguments: JinjaValue
        if call.keywords.isEmpty {
            arguments = try .tuple(of: call.positional)
        } else {
            var builder = JinjaDictionary.Builder()
            for keyword in call.keywords {
                try budget.charge(keyword.name)
                try builder.set(.text(keyword.name), to: keyword.value)
            }
            arguments = .dictionary(try builder.build())
        }
        return try PercentFormat.format(text, try text.asString(), arguments, budget)
    }
}
