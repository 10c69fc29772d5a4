/// `value[start:stop:step]`
extension JinjaValue {
    /// - Throws: for a value that cannot be sliced, a step of zero, a bound that is no integer.
    func sliced(start: JinjaValue?, stop: JinjaValue?, step: JinjaValue?, _ budget: JinjaBudget) throws
        -> JinjaValue
    {
        func bound(_ value: JinjaValue?) throws -> Int? {
            guard let value, !value.isNone else { return nil }
            if case .undefined(let undefined) = value { throw undefined.error }
            guard let integer = value.integer else {
                throw JinjaError.runtime("slice indices must be integers or None or have an __index__ method")
            }
            return integer
        }
        let (start, stop, step) = (try bound(start), try bound(stop), try bound(step) ?? 1)
        guard step != 0 else { throw JinjaError.runtime("slice step cannot be zero") }
        func taken<Element>(_ elements: [Element]) throws -> [Element] {
            let indices = Self.indices(start, stop, step, count: elements.count)
            try budget.charge(indices.underestimatedCount)
            return indices.map { elements[$0] }
        }
        switch self {
        case .undefined(let undefined): throw undefined.error
        case .text(let text), .markup(let text):
            try budget.charge(text)
            return derived(String(scalars: try taken(text.scalars)))
        case .list(let sequence): return try .list(of: taken(sequence.elements))
        case .tuple(let sequence): return try .tuple(of: taken(sequence.elements))
        case .range: throw JinjaError.unsupported("slices of a range are not supported")
        default: throw JinjaError.runtime("'\(typeName)' object is not subscriptable")
        }
    }

    /// The positions that Python's slice takes of `count` elements.
    private static func indices(_ start: Int?, _ stop: Int?, _ step: Int, count: Int) -> StrideTo<Int> {
        let isForward = step > 0
        func clamped(_ bound: Int) -> Int {
            let position = bound < 0 ? max(bound + count, isForward ? 0 : -1) : bound
            return min(position, isForward ? count : count - 1)
        }
        let first = start.map(clamped) ?? (isForward ? 0 : count - 1)
        let end = stop.map(clamped) ?? (isForward ? count : -1)
        // A step beyond the count takes one element, and keeps sums of indices in range.
        return stride(from: first, to: end, by: min(max(step, -count - 1), count + 1))
    }
}
