/// Python's `text.format(…)`, as the sandbox has it: fields reach attributes and items by the template's own rules.
struct BraceFormat {
    private let value: JinjaValue
    private let evaluator: JinjaEvaluator

    init(_ value: JinjaValue, _ evaluator: JinjaEvaluator) {
        self.value = value
        self.evaluator = evaluator
    }

    /// How fields without a number count.
    private enum Numbering { case open, automatic(Int), manual }

    func format(_ call: JinjaCall) throws -> JinjaValue {
        var numbering = Numbering.open
        return value.derived(try format(try value.asString().scalars[...], call, &numbering, level: 0))
    }

    private func format(
        _ scalars: ArraySlice<Unicode.Scalar>, _ call: JinjaCall, _ numbering: inout Numbering, level: Int
    ) throws -> String {
        guard level < 3 else { throw JinjaError.runtime("Max string recursion exceeded") }
        var rest = scalars
        var output = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            try evaluator.charge(1)
            switch scalar {
            case "{" where rest.first == "{", "}" where rest.first == "}":
                rest.removeFirst()
                output.append(scalar)
            case "{":
                let part = try field(try field(in: &rest), call, &numbering, level: level)
                try evaluator.charge(bytes: part.utf8.count)
                output.append(contentsOf: part.unicodeScalars)
            case "}": throw JinjaError.runtime("Single '}' encountered in format string")
            default: output.append(scalar)
            }
        }
        let text = String(output)
        try evaluator.checkSize(text.utf8.count)
        return text
    }

    /// The field up to its closing brace, which is stepped over.
    private func field(in rest: inout ArraySlice<Unicode.Scalar>) throws -> ArraySlice<Unicode.Scalar> {
        var open = 1
        for index in rest.indices {
            open += rest[index] == "{" ? 1 : rest[index] == "}" ? -1 : 0
            if open == 0 {
                defer { rest = rest[(index + 1)...] }
                return rest[..<index]
            }
        }
        throw JinjaError.runtime(
            rest.isEmpty ? "Single '{' encountered in format string" : "expected '}' before end of string")
    }

    private func field(
        _ field: ArraySlice<Unicode.Scalar>, _ call: JinjaCall, _ numbering: inout Numbering, level: Int
    ) throws -> String {
        var isInBrackets = false
        let nameEnd = field.firstIndex { scalar in
            if scalar == "[" { isInBrackets = true }
            if scalar == "]" { isInBrackets = false }
            return !isInBrackets && (scalar == "!" || scalar == ":")
        }
        let name = field[..<(nameEnd ?? field.endIndex)]
        var rest = field[(nameEnd ?? field.endIndex)...]
        var conversion: Unicode.Scalar?
        if rest.first == "!" {
            rest = rest.dropFirst()
            conversion = rest.popFirst()
            guard conversion != nil, rest.isEmpty || rest.first == ":" else {
                throw JinjaError.runtime("expected ':' after conversion specifier")
            }
        }
        let found = try value(String(scalars: name), call, &numbering)
        let specification = try format(rest.dropFirst(), call, &numbering, level: level + 1)
        return try written(found, conversion, specification)
    }

    private func written(_ found: JinjaValue, _ conversion: Unicode.Scalar?, _ specification: String) throws -> String {
        let shown: JinjaValue
        switch conversion {
        case nil: shown = found
        case "s": shown = .text(try found.written(evaluator))
        case "r": shown = .text(try found.represented(evaluator))
        default:
            throw JinjaError.unsupported("the conversion '!\(conversion.map { String($0) } ?? "")' is not supported")
        }
        if case .undefined(let undefined) = shown, !specification.isEmpty { throw undefined.error }
        let text =
            specification.isEmpty
            ? try shown.written(evaluator) : try FormatSpecification(specification).format(shown, evaluator)
        guard case .markup = value else { return text }
        if case .markup = shown { return text }
        return Markup.escape(text)
    }

    // MARK: Fields

    private func value(_ field: String, _ call: JinjaCall, _ numbering: inout Numbering) throws -> JinjaValue {
        let scalars = field.scalars
        let end = scalars.firstIndex { $0 == "." || $0 == "[" } ?? scalars.count
        var value = try first(String(scalars: scalars[..<end]), call, &numbering)
        var rest = scalars[end...]
        while let mark = rest.popFirst() {
            if mark == "." {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { throw JinjaError.runtime("Empty attribute in format string") }
                rest = rest.dropFirst(name.count)
                value = try value.attribute(String(scalars: name))
            } else {
                guard mark == "[", let close = rest.firstIndex(of: "]"), close > rest.startIndex else {
                    throw JinjaError.runtime("Missing ']' in format string")
                }
                let key = String(scalars: rest[..<close])
                rest = rest[(close + 1)...]
                let isIndex = key.unicodeScalars.allSatisfy(\.isASCIIDigit)
                value = try value.item(isIndex ? Int(key).map { .int($0) } ?? .text(key) : .text(key), evaluator)
            }
        }
        return value
    }

    private func first(_ name: String, _ call: JinjaCall, _ numbering: inout Numbering) throws -> JinjaValue {
        var index = name.unicodeScalars.allSatisfy(\.isASCIIDigit) ? Int(name) : nil
        if name.isEmpty {
            switch numbering {
            case .manual:
                throw JinjaError.runtime(
                    "cannot switch from manual field specification to automatic field numbering")
            case .open: index = 0
            case .automatic(let next): index = next
            }
            numbering = .automatic((index ?? 0) + 1)
        } else if index != nil {
            if case .automatic = numbering {
                throw JinjaError.runtime(
                    "cannot switch from manual field specification to automatic field numbering")
            }
            numbering = .manual
        }
        if let index {
            guard index < call.positional.count else {
                throw JinjaError.runtime("Replacement index \(index) out of range for positional args tuple")
            }
            return call.positional[index]
        }
        guard let keyword = call.keywords.first(where: { $0.name.isExactly(name) }) else {
            throw JinjaError.runtime("KeyError: \(PythonText.quoted(name))")
        }
        return keyword.value
    }
}
