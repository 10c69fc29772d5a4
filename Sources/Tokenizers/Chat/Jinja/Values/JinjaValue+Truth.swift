import ModelFiles

/// Truth, equality and order, as Python has them.
extension JinjaValue {
    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .float(let value): value != 0
        case .text(let text), .markup(let text): !text.utf8.isEmpty
        case .list(let sequence), .tuple(let sequence): !sequence.elements.isEmpty
        case .dictionary(let dictionary): dictionary.count > 0
        case .view(let view): view.dictionary.count > 0
        case .range(let range): range.count > 0
        case .generator, .namespace, .macro, .loop, .function: true
        }
    }

    /// `==`
    func equals(_ other: JinjaValue) throws -> Bool {
        switch (self, other) {
        case (.undefined, .undefined), (.none, .none): return true
        case (.text(let left), .text(let right)), (.text(let left), .markup(let right)),
            (.markup(let left), .text(let right)), (.markup(let left), .markup(let right)):
            return left.isExactly(right)
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            return try Self.equal(left.elements, right.elements)
        case (.dictionary(let left), .dictionary(let right)): return try Self.equal(left, right)
        case (.range(let left), .range(let right)):
            guard left.count == right.count else { return false }
            return left.count == 0
                || (left.start == right.start && (left.count == 1 || left.step == right.step))
        case (.generator(let left), .generator(let right)): return left === right
        case (.namespace(let left), .namespace(let right)): return left === right
        case (.macro(let left), .macro(let right)): return left === right
        case (.loop(let left), .loop(let right)): return left === right
        case (.function(let left), .function(let right)): return left === right
        case (.view(let left), .view(let right)): return try Self.equal(left, right)
        default: return compareNumbers(other) == .equal
        }
    }

    private static func equal(_ left: [JinjaValue], _ right: [JinjaValue]) throws -> Bool {
        guard left.count == right.count else { return false }
        return try zip(left, right).allSatisfy { try $0.equals($1) }
    }

    private static func equal(_ left: JinjaDictionary, _ right: JinjaDictionary) throws -> Bool {
        guard left.count == right.count else { return false }
        for (key, value) in zip(left.keys, left.values) {
            guard let other = try right.value(key), try value.equals(other) else { return false }
        }
        return true
    }

    private static func equal(_ left: JinjaView, _ right: JinjaView) throws -> Bool {
        guard left.kind == .keys, right.kind == .keys else {
            throw JinjaError.unsupported("comparing \(left.kind.rawValue) of objects is not supported")
        }
        return try left.dictionary.count == right.dictionary.count
            && left.dictionary.keys.allSatisfy { try right.dictionary.value($0) != nil }
    }

    /// Nil where one is no number.
    private func compareNumbers(_ other: JinjaValue) -> JinjaOrder? {
        if let left = integer, let right = other.integer {
            return left < right ? .less : left == right ? .equal : .greater
        }
        guard let left = number, let right = other.number else { return nil }
        // Beyond 2^53 an integer and a float next to it are told apart, as in Python.
        if let integer = integer, let exact = Int(exactly: right) {
            return integer < exact ? .less : integer == exact ? .equal : .greater
        }
        if let integer = other.integer, let exact = Int(exactly: left) {
            return exact < integer ? .less : exact == integer ? .equal : .greater
        }
        return left < right ? .less : left == right ? .equal : left > right ? .greater : .unordered
    }

    /// How this stands to `other`; `symbol` is the operator for the message.
    /// - Throws: where Python has no order.
    func order(_ other: JinjaValue, for symbol: String) throws -> JinjaOrder {
        for case .undefined(let undefined) in [self, other] { throw undefined.error }
        if let left = string, let right = other.string {
            let (left, right) = (ExactString(left), ExactString(right))
            return left == right ? .equal : left < right ? .less : .greater
        }
        if let order = compareNumbers(other) { return order }
        switch (self, other) {
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            for (a, b) in zip(left.elements, right.elements) where try !a.equals(b) {
                return try a.order(b, for: symbol)
            }
            let (a, b) = (left.elements.count, right.elements.count)
            return a < b ? .less : a == b ? .equal : .greater
        default:
            throw JinjaError.runtime(
                "'\(symbol)' not supported between instances of '\(typeName)' and '\(other.typeName)'")
        }
    }

    /// `value in self`
    func contains(_ value: JinjaValue, _ budget: JinjaBudget) throws -> Bool {
        switch self {
        case .text(let text), .markup(let text):
            guard let part = value.string else {
                throw JinjaError.runtime("'in <string>' requires string as left operand, not \(value.typeName)")
            }
            try budget.charge(text)
            try budget.charge(part)
            return PythonText.find(part.scalars, in: text.scalars) != nil
        case .dictionary(let dictionary):
            try budget.charge(value.cost)
            return try dictionary.value(value) != nil
        case .view(let view) where view.kind == .keys:
            try budget.charge(value.cost)
            return try view.dictionary.value(value) != nil
        case .range(let range):
            return range.contains(value)
        default:
            let elements = try iterator(budget)
            while let element = try elements.next() {
                try budget.charge(min(element.cost, value.cost))
                if try element.equals(value) { return true }
            }
            return false
        }
    }
}

enum JinjaOrder {
    case less, equal, greater
    /// One is not a number.
    case unordered
}
