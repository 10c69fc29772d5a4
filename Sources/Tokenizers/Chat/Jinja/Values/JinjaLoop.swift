/// The variable `loop`: where a loop stands. Looks ahead only where it is asked to.
final class JinjaLoop {
    private let elements: JinjaGenerator
    private let budget: JinjaBudget
    private var knownCount: Int?
    /// What was looked at before its turn.
    private var ahead: ArraySlice<JinjaValue> = []
    private(set) var index = -1
    private var before: JinjaValue?
    private var current: JinjaValue?
    private var lastChanged: [JinjaValue]?
    /// How many recursive loops stand around this one.
    let outerLoops: Int
    /// Renders the loop's body over other elements; nil where the loop is not recursive.
    var recurse: ((JinjaValue) throws -> JinjaValue)?

    /// - Parameter count: where it is known without going through the elements.
    init(_ elements: JinjaGenerator, count: Int?, outerLoops: Int, _ budget: JinjaBudget) {
        self.elements = elements
        self.budget = budget
        self.knownCount = count
        self.outerLoops = outerLoops
    }

    func next() throws -> JinjaValue? {
        guard let value = ahead.isEmpty ? try elements.next() : ahead.popFirst() else { return nil }
        index += 1
        before = current
        current = value
        return value
    }

    /// Lets go of everything, since values may hold a loop and a loop its values.
    func release() {
        elements.close()
        (ahead, before, current, lastChanged, recurse) = ([], nil, nil, nil, nil)
    }

    private func following() throws -> JinjaValue? {
        if ahead.isEmpty, let value = try elements.next() { ahead.append(value) }
        return ahead.first
    }

    private func count() throws -> Int {
        if let knownCount { return knownCount }
        while let value = try elements.next() {
            try budget.charge(1)
            ahead.append(value)
        }
        let count = ahead.count + index + 1
        knownCount = count
        return count
    }

    /// An attribute; nil where there is none of that name.
    func attribute(_ name: String) throws -> JinjaValue? {
        switch name {
        case "index": return .int(index + 1)
        case "index0": return .int(index)
        case "first": return .bool(index == 0)
        case "last": return .bool(try following() == nil)
        case "length": return .int(try count())
        case "revindex": return .int(try count() - index)
        case "revindex0": return .int(try count() - index - 1)
        case "depth": return .int(outerLoops + 1)
        case "depth0": return .int(outerLoops)
        case "previtem":
            return index == 0 ? .undefined(JinjaUndefined(.previous)) : before
        case "nextitem":
            return try following() ?? .undefined(JinjaUndefined(.following))
        case "cycle": return .function(JinjaFunction(name) { [index] _, call in try Self.cycle(call, index) })
        case "changed":
            return .function(
                JinjaFunction(name) { [weak self] budget, call in
                    try call.refuseKeywords()
                    for value in call.positional { try budget.charge(value.cost) }
                    return .bool(try self?.changed(call.positional) ?? true)
                })
        default: return nil
        }
    }

    private static func cycle(_ call: JinjaCall, _ index: Int) throws -> JinjaValue {
        try call.refuseKeywords()
        guard !call.positional.isEmpty else { throw JinjaError.runtime("no items for cycling given") }
        return call.positional[index % call.positional.count]
    }

    private func changed(_ values: [JinjaValue]) throws -> Bool {
        if let lastChanged, lastChanged.count == values.count,
            try zip(lastChanged, values).allSatisfy({ try $0.equals($1) })
        {
            return false
        }
        lastChanged = values
        return true
    }
}
