/// Python's `text.format(…)` as `string.Formatter` and the sandbox have it: fields reach attributes and items by the
/// template's own rules.
struct BraceFormat {
    private let value: JinjaValue
    private let call: JinjaCall
    private let budget: JinjaBudget
    private var numbering = Numbering.open

    /// How fields without a number count.
    private enum Numbering { case open, automatic(Int), manual }

    private init(_ value: JinjaValue, _ call: JinjaCall, _ budget: JinjaBudget) {
        self.value = value
        self.call = call
        self.budget = budget
    }

    static func format(_ value: JinjaValue, _ call: JinjaCall, _ budget: JinjaBudget) throws -> JinjaValue {
        let text = try budget.checked(try value.asString())
        var format = BraceFormat(value, call, budget)
        return value.derived(try format.written(text.scalars[...], level: 0))
    }

    /// - Parameter level: specifications may hold fields with specifications, and no further.
    private mutating func written(_ scalars: ArraySlice<Unicode.Scalar>, level: Int) throws -> String {
        guard level < 3 else { throw JinjaError.runtime("Max string recursion exceeded") }
        var reader = BraceReader(scalars)
        var output = ""
        while let piece = try reader.next() {
            try budget.append(String(scalars: piece.literal), to: &output)
            guard let field = piece.field else { continue }
            let found = try value(of: field.name)
            let specification = try written(field.specification, level: level + 1)
            try budget.append(try written(found, field.conversion, specification), to: &output)
        }
        return output
    }

    private func written(_ found: JinjaValue, _ conversion: Unicode.Scalar?, _ specification: String) throws -> String {
        let shown: JinjaValue
        switch conversion {
        case nil: shown = found
        case "s": shown = found.isMarkup ? found : .text(try found.written(budget))
        case "r": shown = .text(try found.represented(budget))
        case "a": shown = .text(try budget.checked(PythonText.ascii(try found.represented(budget))))
        case .some(let other): throw JinjaError.runtime("Unknown conversion specifier \(other)")
        }
        if value.isMarkup, shown.isMarkup {
            guard specification.isEmpty else {
                throw JinjaError.runtime("Unsupported format specification for Markup.")
            }
            return try shown.written(budget)
        }
        let text =
            specification.isEmpty
            ? try shown.written(budget) : try formatted(shown, FormatSpecification(specification))
        return value.isMarkup ? try Markup.escaped(text, budget) : text
    }

    private func formatted(_ shown: JinjaValue, _ specification: FormatSpecification) throws -> String {
        if let text = shown.string { return try specification.format(text, budget) }
        if let number = shown.integer { return try specification.format(number, budget) }
        if case .float(let number) = shown { return try specification.format(number, budget) }
        throw JinjaError.runtime("unsupported format string passed to \(shown.typeName).__format__")
    }

    // MARK: Fields

    private mutating func value(of field: ArraySlice<Unicode.Scalar>) throws -> JinjaValue {
        let end = field.firstIndex { $0 == "." || $0 == "[" } ?? field.endIndex
        var value: JinjaValue
        if let index = try number(of: field) {
            value = try positional(index)
        } else {
            value = try first(field[..<end])
        }
        var rest = field[end...]
        while let mark = rest.popFirst() {
            try budget.charge(1)
            let part = mark == "." ? rest.prefix { $0 != "." && $0 != "[" } : rest.prefix { $0 != "]" }
            rest = rest.dropFirst(part.count)
            guard mark == "." || rest.popFirst() != nil else {
                throw JinjaError.runtime("Missing ']' in format string")
            }
            guard !part.isEmpty else { throw JinjaError.runtime("Empty attribute in format string") }
            if mark == "." {
                value = try value.attribute(budget.checked(String(scalars: part)))
            } else {
                value = try value.item(.indexOrName(part), budget)
                guard rest.isEmpty || rest.first == "." || rest.first == "[" else {
                    throw JinjaError.runtime("Only '.' or '[' may follow ']' in format field specifier")
                }
            }
        }
        return value
    }

    /// The argument's number of a field that has no name, or is nothing but a number.
    private mutating func number(of field: ArraySlice<Unicode.Scalar>) throws -> Int? {
        let switched = JinjaError.runtime(
            "cannot switch from manual field specification to automatic field numbering")
        guard !field.isEmpty else {
            switch numbering {
            case .manual: throw switched
            case .open: numbering = .automatic(1)
            case .automatic(let next):
                numbering = .automatic(next + 1)
                return next
            }
            return 0
        }
        guard field.allSatisfy(\.isASCIIDigit) else { return nil }
        if case .automatic = numbering { throw switched }
        numbering = .manual
        return try Self.index(field)
    }

    private func first(_ name: ArraySlice<Unicode.Scalar>) throws -> JinjaValue {
        if !name.isEmpty, name.allSatisfy(\.isASCIIDigit) { return try positional(try Self.index(name)) }
        let name = String(scalars: name)
        try budget.charge(call.keywords.count)
        guard let keyword = call.keywords.first(where: { $0.name.isExactly(name) }) else {
            throw JinjaError.runtime("KeyError: \(PythonText.quoted(name))")
        }
        return keyword.value
    }

    private static func index(_ digits: ArraySlice<Unicode.Scalar>) throws -> Int {
        guard let index = Int(String(scalars: digits)) else {
            throw JinjaError.runtime("Too many decimal digits in format string")
        }
        return index
    }

    private func positional(_ index: Int) throws -> JinjaValue {
        guard index < call.positional.count else {
            throw JinjaError.runtime("Replacement index \(index) out of range for positional args tuple")
        }
        return call.positional[index]
    }
}
