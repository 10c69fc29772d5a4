import Foundation

/// Operators between values.
extension JinjaValue {
    func applying(_ operation: JinjaOperator, _ right: JinjaValue, _ evaluator: JinjaEvaluator) throws -> JinjaValue {
        if operation == .modulo, let format = string {
            return try PercentFormat.format(self, format, right, evaluator)
        }
        for case .undefined(let undefined) in [self, right] { throw undefined.error }
        if let result = try joined(operation, right, evaluator) { return result }
        if let left = integer, let other = right.integer {
            return try PythonNumber.apply(operation, left, other)
        }
        if let left = number, let other = right.number {
            return .float(try PythonNumber.apply(operation, left, other))
        }
        for case .view in [self, right] where operation == .subtract {
            throw JinjaError.unsupported("taking elements from an object's keys or items is not supported")
        }
        throw JinjaError.runtime(
            "unsupported operand type(s) for \(operation.rawValue): '\(typeName)' and '\(right.typeName)'")
    }

    /// Sums and repetitions of texts and lists; nil for anything else.
    private func joined(_ operation: JinjaOperator, _ right: JinjaValue, _ evaluator: JinjaEvaluator) throws
        -> JinjaValue?
    {
        switch (operation, self, right) {
        case (.add, .text(let left), .text(let other)): return .text(try evaluator.joined(left, other))
        case (.add, .markup(let left), _) where right.string != nil:
            return .markup(try evaluator.joined(left, Markup.escaped(right, evaluator)))
        case (.add, .text, .markup(let other)):
            return .markup(try evaluator.joined(Markup.escaped(self, evaluator), other))
        case (.add, .list(let left), .list(let other)):
            try evaluator.charge(left.elements.count + other.elements.count)
            return try .list(of: left.elements + other.elements)
        case (.add, .tuple(let left), .tuple(let other)):
            try evaluator.charge(left.elements.count + other.elements.count)
            return try .tuple(of: left.elements + other.elements)
        case (.multiply, _, _):
            if let count = right.integer { return try repeated(count, evaluator) }
            if let count = integer { return try right.repeated(count, evaluator) }
            return nil
        default: return nil
        }
    }

    private func repeated(_ count: Int, _ evaluator: JinjaEvaluator) throws -> JinjaValue? {
        let count = max(0, count)
        switch self {
        case .text(let text), .markup(let text): return derived(try evaluator.repeated(text, count))
        case .list(let sequence), .tuple(let sequence):
            let (total, overflow) = sequence.elements.count.multipliedReportingOverflow(by: count)
            try evaluator.charge(overflow ? .max : total)
            let elements = Array(repeatElement(sequence.elements, count: total == 0 ? 0 : count).joined())
            if case .list = self { return try .list(of: elements) }
            return try .tuple(of: elements)
        default: return nil
        }
    }

    /// `-value`
    func negated() throws -> JinjaValue {
        if case .undefined(let undefined) = self { throw undefined.error }
        if let integer {
            guard integer != .min else { throw PythonNumber.overflow }
            return .int(-integer)
        }
        if case .float(let value) = self { return .float(-value) }
        throw JinjaError.runtime("bad operand type for unary -: '\(typeName)'")
    }

    /// `+value`
    func posited() throws -> JinjaValue {
        if case .undefined(let undefined) = self { throw undefined.error }
        if let integer { return .int(integer) }
        if case .float = self { return self }
        throw JinjaError.runtime("bad operand type for unary +: '\(typeName)'")
    }
}

/// Escaping of text that is joined to marked text.
enum Markup {
    private static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: { "&<>\"'".utf8.contains($0) }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&#34;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// - Throws: `limit` where the text is too long, before it is five times as long.
    static func escaped(_ text: String, _ evaluator: JinjaEvaluator) throws -> String {
        try evaluator.charge(text)
        return try evaluator.checked(escape(text))
    }

    /// Marked text as it is, anything else as text, escaped.
    static func escaped(_ value: JinjaValue, _ evaluator: JinjaEvaluator) throws -> String {
        if case .markup(let text) = value { return text }
        return try escaped(try value.written(evaluator), evaluator)
    }
}
