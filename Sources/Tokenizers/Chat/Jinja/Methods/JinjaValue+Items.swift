/// `value.name` and `value[key]`.
extension JinjaValue {
    /// `value.name`: an attribute, else an item.
    func attribute(_ name: String) throws -> JinjaValue {
        if case .undefined(let undefined) = self {
            guard Self.internals.contains(name) else { throw undefined.error }
        }
        if let found = try pythonAttribute(name) { return found }
        if case .dictionary(let dictionary) = self, let value = dictionary.value(named: name) { return value }
        return lacking(name)
    }

    /// `value[key]`: an item, else an attribute.
    func item(_ key: JinjaValue, _ budget: JinjaBudget) throws -> JinjaValue {
        try budget.charge(key.cost)
        switch (self, key) {
        case (.undefined(let undefined), _): throw undefined.error
        case (.dictionary(let dictionary), _):
            // What cannot be a key is no key of it.
            if let value = try? dictionary.value(key) { return value }
        case (.list(let sequence), _), (.tuple(let sequence), _):
            if let index = key.integer, let position = Self.position(index, count: sequence.elements.count) {
                return sequence.elements[position]
            }
        case (.range(let range), _):
            if let index = key.integer, let position = Self.position(index, count: range.count) {
                return .int(range[position])
            }
        case (.text(let text), _), (.markup(let text), _):
            guard let index = key.integer else { break }
            try budget.charge(text)
            let view = text.unicodeScalars
            let count = view.count
            if let position = Self.position(index, count: count) {
                return derived(String(view[view.index(view.startIndex, offsetBy: position)]))
            }
        default: break
        }
        guard let name = key.string else { return try lackingElement(key, budget) }
        return try pythonAttribute(name) ?? lacking(name)
    }

    private static func position(_ index: Int, count: Int) -> Int? {
        let position = index < 0 ? index + count : index
        return (0..<count).contains(position) ? position : nil
    }

    /// A part of a path: a number where it is written in digits.
    static func indexOrName(_ part: some Collection<Unicode.Scalar>) -> JinjaValue {
        let text = String(scalars: part)
        guard !part.isEmpty, part.allSatisfy(\.isASCIIDigit), let index = Int(text) else { return .text(text) }
        return .int(index)
    }

    // MARK: What is not there

    /// What jinja2 calls the value in such messages.
    private var described: String {
        switch self {
        case .none: "None"
        case .markup: "markupsafe.Markup object"
        case .namespace: "transformers.utils.chat_template_utils.TemplateNamespace object"
        case .macro, .loop: "jinja2.runtime.\(typeName) object"
        default: "\(typeName) object"
        }
    }

    func lacking(_ name: String) -> JinjaValue {
        .undefined(JinjaUndefined(.attribute(name, of: described)))
    }

    private func lackingElement(_ key: JinjaValue, _ budget: JinjaBudget) throws -> JinjaValue {
        .undefined(JinjaUndefined(.element(try key.represented(budget), of: described)))
    }

    private func unsafe(_ name: String) -> JinjaValue {
        .undefined(JinjaUndefined(.unsafe(name, of: typeName)))
    }

    // MARK: Attributes of Python's types

    /// The attribute or method that a Python object of this kind has; nil where it has none.
    /// - Throws: `unsupported` for one that lorad lacks.
    func pythonAttribute(_ name: String) throws -> JinjaValue? {
        if name.utf8.starts(with: "__".utf8), Self.internals.contains(name) { return unsafe(name) }
        switch self {
        case .text, .markup: return try method(name, of: StringMethods.all, others: StringMethods.unsupported)
        case .list:
            if ContainerMethods.changingLists.contains(name) { return unsafe(name) }
            return try method(name, of: ContainerMethods.ofLists)
        case .tuple:
            // What `groupby` gives has these two names besides.
            return try method(name, of: ContainerMethods.ofTuples, others: ["grouper", "list"])
        case .dictionary:
            if ContainerMethods.changingDictionaries.contains(name) { return unsafe(name) }
            return try method(name, of: ContainerMethods.ofDictionaries, others: ["fromkeys"])
        case .namespace(let namespace): return namespace[name]
        case .loop(let loop): return try loop.attribute(name)
        case .macro(let macro) where name == "name":
            return macro.name.map { .text($0) } ?? JinjaValue.none
        case .bool, .int: return try method(name, of: [:], others: Self.ofIntegers)
        case .float: return try method(name, of: [:], others: Self.ofFloats)
        case .range: return try method(name, of: [:], others: ["start", "stop", "step", "count", "index"])
        case .view: return try method(name, of: [:], others: ["isdisjoint", "mapping"])
        case .generator: return try method(name, of: [:], others: ["close", "send", "throw"])
        case .macro:
            return try method(name, of: [:], others: ["arguments", "caller", "catch_kwargs", "catch_varargs"])
        case .undefined, .none, .function: return nil
        }
    }

    private func method(
        _ name: String, of methods: [String: JinjaMethod], others: Set<String> = []
    ) throws -> JinjaValue? {
        if let method = methods[name] {
            return .function(
                JinjaFunction(name, depth: try Self.depth(above: [self])) { budget, call in
                    try method(self, budget, call)
                })
        }
        guard !others.contains(name) else {
            throw JinjaError.unsupported("the attribute '\(name)' of \(typeName) is not supported")
        }
        return nil
    }

    private static let ofIntegers: Set<String> = [
        "as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator", "from_bytes", "imag", "is_integer",
        "numerator", "real", "to_bytes",
    ]
    private static let ofFloats: Set<String> = [
        "as_integer_ratio", "conjugate", "fromhex", "hex", "imag", "is_integer", "real",
    ]
    /// Of every Python object.
    private static let internals: Set<String> = [
        "__class__", "__delattr__", "__dir__", "__doc__", "__eq__", "__format__", "__ge__", "__getattribute__",
        "__getstate__", "__gt__", "__hash__", "__init__", "__init_subclass__", "__le__", "__lt__", "__ne__", "__new__",
        "__reduce__", "__reduce_ex__", "__repr__", "__setattr__", "__sizeof__", "__str__", "__subclasshook__",
    ]
}
