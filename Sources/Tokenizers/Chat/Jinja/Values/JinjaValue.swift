import ModelFiles

/// A value while a template is rendered: what Python would have in its place.
///
/// Containers are boxes that never change (the sandbox forbids it), so that handing one on costs nothing, and know how
/// deep they are nested, so that going down them by recursion is safe.
enum JinjaValue {
    case undefined(JinjaUndefined)
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case text(String)
    /// Text marked as safe, Python's `Markup`: what is joined to it by an operator or method is escaped.
    case markup(String)
    case list(JinjaSequence)
    case tuple(JinjaSequence)
    case dictionary(JinjaDictionary)
    case view(JinjaView)
    case range(JinjaRange)
    case generator(JinjaGenerator)
    case namespace(JinjaNamespace)
    case macro(JinjaMacro)
    case loop(JinjaLoop)
    case function(JinjaFunction)
}

/// How far a value reaches: what going down it takes of the stack, and through it of time.
struct JinjaExtent {
    /// Levels of containers.
    let depth: Int
    /// Values in it, one that stands twice counted twice, and a piece of 64 bytes of text as one.
    let cost: Int
}

extension JinjaExtent {
    /// That of a container of `values`.
    init(around values: some Sequence<JinjaValue>) {
        var (depth, cost) = (0, 1)
        for value in values {
            let extent = value.extent
            depth = max(depth, extent.depth)
            // A list of itself twice, again and again, has no end of values.
            cost = extent.cost > Int.max - cost ? .max : cost + extent.cost
        }
        self.init(depth: depth + 1, cost: cost)
    }

    /// - Throws: `limit` where values are nested too deep.
    init(above values: some Sequence<JinjaValue>) throws {
        self.init(around: values)
        guard depth <= JinjaLimits.valueDepth else {
            throw JinjaError.limit("values are nested deeper than \(JinjaLimits.valueDepth) levels")
        }
    }
}

/// The elements of a list or a tuple.
final class JinjaSequence {
    let elements: [JinjaValue]
    let extent: JinjaExtent

    fileprivate init(_ elements: [JinjaValue], _ extent: JinjaExtent) {
        self.elements = elements
        self.extent = extent
    }
}

/// `keys()`, `values()` or `items()` of an object.
struct JinjaView {
    enum Kind: String { case keys, values, items }

    let dictionary: JinjaDictionary
    let kind: Kind

    /// The element at a place; pairs are made when they are asked for.
    subscript(index: Int) -> JinjaValue {
        switch kind {
        case .keys: dictionary.keys[index]
        case .values: dictionary.values[index]
        case .items: dictionary.item(index)
        }
    }
}

/// Python's `range`.
struct JinjaRange {
    let start: Int
    let stop: Int
    let step: Int

    var count: Int {
        if step > 0 { return start < stop ? (stop - start - 1) / step + 1 : 0 }
        return start > stop ? (start - stop - 1) / -step + 1 : 0
    }

    subscript(index: Int) -> Int { start + index * step }

    /// `value in self`, without going through it.
    func contains(_ value: JinjaValue) -> Bool {
        guard let number = value.integer ?? value.number.flatMap({ Int(exactly: $0) }) else { return false }
        guard step > 0 ? start <= number && number < stop : stop < number && number <= start else { return false }
        return (number - start) % step == 0
    }
}

extension JinjaValue {
    /// How far the value reaches.
    var extent: JinjaExtent {
        switch self {
        case .text(let text), .markup(let text): JinjaExtent(depth: 0, cost: 1 + text.utf8.count / 64)
        case .list(let sequence), .tuple(let sequence): sequence.extent
        case .dictionary(let dictionary): dictionary.extent
        case .view(let view): view.dictionary.extent
        case .generator(let generator): JinjaExtent(depth: generator.depth, cost: 1)
        case .function(let function): JinjaExtent(depth: function.depth, cost: 1)
        default: JinjaExtent(depth: 0, cost: 1)
        }
    }

    /// Levels of containers.
    var depth: Int { extent.depth }

    /// Steps that going through all of it takes.
    var cost: Int { extent.cost }

    /// One more than the deepest of `values`.
    /// - Throws: `limit` where that is too deep.
    static func depth(above values: some Sequence<JinjaValue>) throws -> Int {
        try JinjaExtent(above: values).depth
    }

    static func list(of elements: [JinjaValue]) throws -> JinjaValue {
        .list(JinjaSequence(elements, try JinjaExtent(above: elements)))
    }

    static func tuple(of elements: [JinjaValue]) throws -> JinjaValue {
        .tuple(JinjaSequence(elements, try JinjaExtent(above: elements)))
    }

    /// A key and its value, of an object that is deeper than they are.
    static func pair(_ key: JinjaValue, _ value: JinjaValue) -> JinjaValue {
        .tuple(JinjaSequence([key, value], JinjaExtent(around: [key, value])))
    }

    /// - Throws: `unsupported` for a number that JSON's reader could not keep as it is written.
    init(_ json: JSONValue) throws {
        switch json {
        case .null: self = .none
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .int(value)
        case .number(let value):
            // An integer of that size is read as a float, and would be written as one.
            guard abs(value) < 0x1p63 else {
                throw JinjaError.unsupported("the conversation holds a number beyond 64 bits (\(value))")
            }
            self = .float(value)
        case .string(let text): self = .text(text)
        case .array(let elements): self = try .list(of: elements.map { try JinjaValue($0) })
        case .object(let object):
            var builder = JinjaDictionary.Builder()
            for member in object.members { try builder.set(.text(member.key), to: JinjaValue(member.value)) }
            self = .dictionary(try builder.build())
        }
    }

    /// The characters of a text, marked or not.
    var string: String? {
        switch self {
        case .text(let text), .markup(let text): text
        default: nil
        }
    }

    /// Text of the same kind as this: what comes of marked text is marked.
    func derived(_ text: String) -> JinjaValue {
        if case .markup = self { .markup(text) } else { .text(text) }
    }

    /// Python's `int`, of which `bool` is one.
    var integer: Int? {
        switch self {
        case .int(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }

    var number: Double? {
        if case .float(let value) = self { return value }
        return integer.map(Double.init)
    }

    var isMarkup: Bool { if case .markup = self { true } else { false } }

    var isUndefined: Bool { if case .undefined = self { true } else { false } }

    var isNone: Bool { if case .none = self { true } else { false } }
}
