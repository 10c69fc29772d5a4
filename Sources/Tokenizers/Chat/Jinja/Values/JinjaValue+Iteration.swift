/// Going through values.
extension JinjaValue {
    /// Python's `iter`.
    /// - Throws: for what has no elements.
    func iterator() throws -> JinjaGenerator {
        switch self {
        case .undefined: return JinjaGenerator([], depth: 0)
        case .list(let sequence), .tuple(let sequence): return JinjaGenerator(sequence.elements, depth: depth)
        case .dictionary(let dictionary): return JinjaGenerator(dictionary.keys, depth: depth)
        case .view(let view): return JinjaGenerator(view.elements, depth: depth)
        case .text(let text):
            var scalars = text.unicodeScalars.makeIterator()
            return JinjaGenerator(depth: 0) { scalars.next().map { .text(String($0)) } }
        case .markup(let text):
            var scalars = text.unicodeScalars.makeIterator()
            return JinjaGenerator(depth: 0) { scalars.next().map { .markup(String($0)) } }
        case .range(let range):
            var index = 0
            return JinjaGenerator(depth: 0) {
                guard index < range.count else { return nil }
                defer { index += 1 }
                return .int(range[index])
            }
        case .generator(let generator): return generator
        case .none, .bool, .int, .float, .namespace, .macro, .loop, .function:
            throw JinjaError.runtime("'\(typeName)' object is not iterable")
        }
    }

    /// Python's `list(value)`.
    func collected(_ evaluator: JinjaEvaluator) throws -> [JinjaValue] {
        switch self {
        case .list(let sequence), .tuple(let sequence):
            try evaluator.charge(sequence.elements.count)
            return sequence.elements
        default:
            let elements = try iterator()
            var values: [JinjaValue] = []
            while let value = try elements.next() {
                try evaluator.charge(1)
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
    func reversed(_ evaluator: JinjaEvaluator) throws -> [JinjaValue] {
        switch self {
        case .undefined: return []
        case .text, .markup, .list, .tuple, .dictionary, .view, .range:
            return try collected(evaluator).reversed()
        default: throw JinjaError.runtime("'\(typeName)' object is not reversible")
        }
    }
}
