/// Python's `text % values`, as CPython goes through it.
/// https://docs.python.org/3/library/stdtypes.html#printf-style-string-formatting
struct PercentFormat {
    private let value: JinjaValue
    private let arguments: PercentArguments
    private let budget: JinjaBudget
    private var rest: ArraySlice<Unicode.Scalar>
    private var next: PercentArguments.Next

    /// - Parameter text: the format, which `value` holds.
    static func format(
        _ value: JinjaValue, _ text: String, _ arguments: JinjaValue, _ budget: JinjaBudget
    ) throws -> JinjaValue {
        try budget.charge(text)
        var format = PercentFormat(value, text.scalars[...], arguments, budget)
        return value.derived(try format.written())
    }

    private init(
        _ value: JinjaValue, _ rest: ArraySlice<Unicode.Scalar>, _ arguments: JinjaValue, _ budget: JinjaBudget
    ) {
        self.value = value
        self.rest = rest
        self.budget = budget
        self.arguments = PercentArguments(arguments, isMarked: value.isMarkup)
        next = self.arguments.first
    }

    private mutating func written() throws -> String {
        var output = ""
        while !rest.isEmpty {
            let plain = rest.prefix { $0 != "%" }
            rest = rest.dropFirst(plain.count)
            try budget.append(String(scalars: plain), to: &output)
            if rest.popFirst() != nil { try budget.append(try conversion(), to: &output) }
        }
        guard next.isOver || arguments.hasItems else {
            throw JinjaError.runtime("not all arguments converted during string formatting")
        }
        return output
    }

    /// What stands after a percent sign.
    private mutating func conversion() throws -> String {
        if rest.first == "%" {
            rest.removeFirst()
            return "%"
        }
        if rest.first == "(" { next = .only(try arguments.named(try key())) }
        var conversion = PercentConversion()
        while let flag = rest.first, conversion.takes(flag) { rest.removeFirst() }
        if let width = try number() {
            conversion.width = Int(clamping: width.magnitude)
            conversion.isLeft = conversion.isLeft || width < 0
        }
        if rest.first == "." {
            rest.removeFirst()
            let precision = max(0, try number() ?? 0)
            guard precision <= Int32.max else { throw JinjaError.runtime("precision too big") }
            conversion.precision = precision
        }
        if let modifier = rest.first, "hlL".unicodeScalars.contains(modifier) { rest.removeFirst() }
        guard let type = rest.popFirst() else { throw JinjaError.runtime("incomplete format") }
        return try conversion.written(try next.taken(), type, isMarked: value.isMarkup, budget)
    }

    /// The name in brackets.
    private mutating func key() throws -> String {
        rest.removeFirst()
        var (name, open) = (String.UnicodeScalarView(), 1)
        while let scalar = rest.popFirst() {
            open += scalar == "(" ? 1 : scalar == ")" ? -1 : 0
            if open == 0 { return String(name) }
            name.append(scalar)
        }
        throw JinjaError.runtime("incomplete format key")
    }

    /// Digits, or a star for the next argument.
    private mutating func number() throws -> Int? {
        guard rest.first == "*" else { return try FormatSpecification.number(&rest) }
        rest.removeFirst()
        let argument = try next.taken()
        // Those of marked text are wrapped into what is no integer.
        guard !value.isMarkup, let number = argument.integer else { throw JinjaError.runtime("* wants int") }
        return number
    }
}

/// What a format of percent signs is filled with: a tuple's elements in turn, or one value by itself or by its keys.
private struct PercentArguments {
    enum Next {
        case several(ArraySlice<JinjaValue>)
        case only(JinjaValue)
        case over

        var isOver: Bool {
            switch self {
            case .several(let values): values.isEmpty
            case .only: false
            case .over: true
            }
        }

        mutating func taken() throws -> JinjaValue {
            switch self {
            case .several(var values):
                if let value = values.popFirst() {
                    self = .several(values)
                    return value
                }
            case .only(let value):
                self = .over
                return value
            case .over: break
            }
            throw JinjaError.runtime("not enough arguments for format string")
        }
    }

    private let value: JinjaValue
    let first: Next
    /// Whether it has items by key or place, so that it may be left alone.
    let hasItems: Bool

    /// - Parameter isMarked: whether the format is marked text, which takes a single value for a tuple of one.
    init(_ value: JinjaValue, isMarked: Bool) {
        self.value = value
        switch value {
        case .tuple(let sequence): (first, hasItems) = (.several(sequence.elements[...]), false)
        case .dictionary, .list, .range, .undefined: (first, hasItems) = (.only(value), true)
        default: (first, hasItems) = (isMarked ? .several([value]) : .only(value), false)
        }
    }

    func named(_ name: String) throws -> JinjaValue {
        switch value {
        case .dictionary(let dictionary):
            guard let value = dictionary.value(named: name) else {
                throw JinjaError.runtime("KeyError: \(PythonText.quoted(name))")
            }
            return value
        case .undefined(let undefined): throw undefined.error
        default: throw JinjaError.runtime("format requires a mapping")
        }
    }
}
