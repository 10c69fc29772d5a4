/// Going through values.
extension JinjaValue {
    /// Python's `iter`.
    /// - Throws: for what has no elements.
    func iterator(_ budget: JinjaBudget) throws -> JinjaGenerator {
        if let elements = elements(budget) { return elements }
        if case .loop = self { throw JinjaError.unsupported("going through 'loop' itself is not supported") }
        throw JinjaError.runtime("'\(typeName)' object is not iterable")
    }

    /// As `iterator`; nil for what has no elements.
    func elements(_ budget: JinjaBudget) -> JinjaGenerator? {
        switch self {
        case .undefined: return JinjaGenerator([], depth: 0, budget)
        case .list(let sequence), .tuple(let sequence):
            return JinjaGenerator(sequence.elements, depth: depth, budget)
        case .dictionary(let dictionary): return JinjaGenerator(dictionary.keys, depth: depth, budget)
        case .view(let view):
            return JinjaGenerator(count: view.dictionary.count, depth: depth, budget) { view[$0] }
        case .text(let text), .markup(let text):
            // The characters of marked text are not marked, unless they are asked for by their places.
            var scalars = text.unicodeScalars.makeIterator()
            return JinjaGenerator(depth: 0, budget) { scalars.next().map { .text(String($0)) } }
        case .range(let range):
            return JinjaGenerator(count: range.count, depth: 0, budget) { .int(range[$0]) }
        case .generator(let generator): return generator
        case .none, .bool, .int, .float, .namespace, .macro, .loop, .function: return nil
        }
    }

    /// Python's `list(value)`.
    func collected(_ budget: JinjaBudget) throws -> [JinjaValue] {
        switch self {
        case .list(let sequence), .tuple(let sequence):
            try budget.charge(sequence.elements.count)
            return sequence.elements
        default:
            let elements = try iterator(budget)
            var values: [JinjaValue] = []
            while let value = try elements.next() {
                try budget.charge(1)
                values.append(value)
            }
            return values
        }
    }

    /// Python's `len`; nil for what has none.
    var count: Int? {
        switch self {
        case .undefined: 0
        case .text(let text), .markup(let text): text.unicodeScalars.count
        case .list(let sequence), .tuple(let sequence): sequence.elements.count
        case .dictionary(let dictionary): dictionary.count
        case .view(let view): view.dictionary.count
        case .range(let range): range.count
        default: nil
        }
    }

    /// Python's `len`.
    /// - Throws: for what has none.
    func length() throws -> Int {
        if case .loop(let loop) = self { return try loop.attribute("length")?.integer ?? 0 }
        guard let count else { throw JinjaError.runtime("object of type '\(typeName)' has no len()") }
        return count
    }

    /// Python's `reversed`.
    func reversed(_ budget: JinjaBudget) throws -> [JinjaValue] {
        switch self {
        case .undefined: return []
        case .markup: return try collected(budget).reversed().map { .markup($0.string ?? "") }
        case .text, .list, .tuple, .dictionary, .view, .range: return try collected(budget).reversed()
        default: throw JinjaError.runtime("'\(typeName)' object is not reversible")
        }
    }
}
