import Foundation

/// Operators between values.
extension JinjaValue {
    func applying(_ operation: PythonOperator, _ right: JinjaValue, _ budget: JinjaBudget) throws -> JinjaValue {
        if operation == .modulo, let format = string {
            return try PercentFormat.format(self, format, right, budget)
        }
        for case .undefined(let undefined) in [self, right] { throw undefined.error }
        if let result = try joined(operation, right, budget) { return result }
        if let left = integer, let other = right.integer {
            switch try PythonNumber.apply(operation, left, other) {
            case .integer(let result): return .int(result)
            case .float(let result): return .float(result)
            }
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
    private func joined(_ operation: PythonOperator, _ right: JinjaValue, _ budget: JinjaBudget) throws
        -> JinjaValue?
    {
        switch (operation, self, right) {
        case (.add, .text(let left), .text(let other)): return .text(try budget.joined(left, other))
        case (.add, .markup(let left), _) where right.string != nil:
            return .markup(try budget.joined(left, Markup.escaped(right, budget)))
        case (.add, .text, .markup(let other)):
            return .markup(try budget.joined(Markup.escaped(self, budget), other))
        case (.add, .list(let left), .list(let other)):
            try budget.charge(left.elements.count + other.elements.count)
            return try .list(of: left.elements + other.elements)
        case (.add, .tuple(let left), .tuple(let other)):
            try budget.charge(left.elements.count + other.elements.count)
            return try .tuple(of: left.elements + other.elements)
        case (.multiply, _, _):
            if let count = right.integer { return try repeated(count, budget) }
            if let count = integer { return try right.repeated(count, budget) }
            return nil
        default: return nil
        }
    }

    private func repeated(_ count: Int, _ budget: JinjaBudget) throws -> JinjaValue? {
        let count = max(0, count)
        switch self {
        case .text(let text), .markup(let text): return derived(try budget.repeated(text, count))
        case .list(let sequence), .tuple(let sequence):
            let (total, overflow) = sequence.elements.count.multipliedReportingOverflow(by: count)
            try budget.charge(overflow ? .max : total)
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
