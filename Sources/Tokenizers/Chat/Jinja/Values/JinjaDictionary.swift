import ModelFiles

/// Python's `dict`: keeps the order in which keys came.
final class JinjaDictionary {
    let keys: [JinjaValue]
    let values: [JinjaValue]
    let extent: JinjaExtent
    private let positions: [JinjaKey: Int]

    fileprivate init(keys: [JinjaValue], values: [JinjaValue], positions: [JinjaKey: Int], _ extent: JinjaExtent) {
        self.keys = keys
        self.values = values
        self.positions = positions
        self.extent = extent
    }

    var count: Int { keys.count }

    /// The pair of key and value at a place.
    func item(_ index: Int) -> JinjaValue { .pair(keys[index], values[index]) }

    /// - Throws: where the key cannot be hashed, as Python calls it.
    func value(_ key: JinjaValue) throws -> JinjaValue? {
        positions[try JinjaKey(key)].map { values[$0] }
    }

    func value(named name: String) -> JinjaValue? {
        positions[.text(ExactString(name))].map { values[$0] }
    }

    /// Puts a dictionary together; a key that comes again keeps its place and takes the new value.
    struct Builder {
        private var keys: [JinjaValue] = []
        private var values: [JinjaValue] = []
        private var positions: [JinjaKey: Int] = [:]

        mutating func set(_ key: JinjaValue, to value: JinjaValue) throws {
            let exact = try JinjaKey(key)
            if let position = positions[exact] {
                values[position] = value
            } else {
                positions[exact] = keys.count
                keys.append(key)
                values.append(value)
            }
        }

        func build() throws -> JinjaDictionary {
            let inner = try JinjaExtent(above: [keys, values].joined())
            // One level more for the pairs that `items` makes.
            let extent = JinjaExtent(depth: inner.depth + 1, cost: inner.cost)
            return JinjaDictionary(keys: keys, values: values, positions: positions, extent)
        }
    }
}

/// A value as a key: `1`, `1.0` and `True` are one.
enum JinjaKey: Hashable {
    case text(ExactString)
    case integer(Int)
    case float(Double)
    /// One key, as of one object in Python: numbers that equal nothing would be looked for among all of their kind.
    case notANumber
    case none
    case tuple([JinjaKey])
    case undefined
    case range(Int, Int, Int)
    case object(ObjectIdentifier)

    init(_ value: JinjaValue) throws {
        switch value {
        case .text(let text), .markup(let text): self = .text(ExactString(text))
        case .int(let value): self = .integer(value)
        case .bool(let value): self = .integer(value ? 1 : 0)
        case .float(let value):
            if value.isNaN {
                self = .notANumber
            } else if let integer = Int(exactly: value) {
                self = .integer(integer)
            } else {
                self = .float(value)
            }
        case .none: self = .none
        case .tuple(let sequence): self = .tuple(try sequence.elements.map { try JinjaKey($0) })
        case .undefined: self = .undefined
        case .range(let range): self = .range(range.start, range.stop, range.step)
        case .generator(let object): self = .object(ObjectIdentifier(object))
        case .namespace(let object): self = .object(ObjectIdentifier(object))
        case .macro(let object): self = .object(ObjectIdentifier(object))
        case .loop(let object): self = .object(ObjectIdentifier(object))
        case .function(let object): self = .object(ObjectIdentifier(object))
        case .list, .dictionary, .view: throw JinjaError.runtime("unhashable type: '\(value.typeName)'")
        }
    }
}
