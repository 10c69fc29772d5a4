/// Filters over what has elements.
enum SequenceFilters {
    static let all: [String: JinjaMethod] = [
        "length": length, "count": length, "first": first, "last": last, "list": list, "join": join,
        "reverse": reverse, "batch": batch, "slice": slice, "sum": sum,
    ]

    private static let length: JinjaMethod = { value, budget, call in
        _ = try call.bound()
        try budget.charge(bytes: value.string?.utf8.count ?? 0)
        return .int(try value.length())
    }

    private static let first: JinjaMethod = { value, budget, call in
        _ = try call.bound()
        return try value.iterator(budget).next() ?? .undefined(JinjaUndefined(.item("first")))
    }

    private static let last: JinjaMethod = { value, budget, call in
        _ = try call.bound()
        if case .list(let sequence) = value, let last = sequence.elements.last { return last }
        return try value.reversed(budget).first
            ?? .undefined(JinjaUndefined(.item("last")))
    }

    private static let list: JinjaMethod = { value, budget, call in
        _ = try call.bound()
        return try .list(of: value.collected(budget))
    }

    private static let join: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("d", "attribute")
        let separator = try arguments[0]?.written(budget) ?? ""
        let path = try AttributePath(arguments.given(1), budget)
        let elements = try value.iterator(budget)
        var (text, isFirst) = ("", true)
        while let element = try elements.next() {
            if !isFirst { try budget.append(separator, to: &text) }
            isFirst = false
            try budget.append(try path.value(of: element, budget).written(budget), to: &text)
        }
        return .text(text)
    }

    private static let reverse: JinjaMethod = { value, budget, call in
        _ = try call.bound()
        if let text = value.string {
            try budget.charge(text)
            return value.derived(String(scalars: text.unicodeScalars.reversed()))
        }
        if case .generator = value { return try .list(of: value.collected(budget).reversed()) }
        let depth = try JinjaValue.depth(above: [value])
        let name: String
        switch value {
        case .list: name = "list_reverseiterator"
        case .tuple, .undefined: name = "reversed"
        case .range: name = "range_iterator"
        case .dictionary: name = "dict_reversekeyiterator"
        case .view(let view): name = "dict_reverse\(String(view.kind.rawValue.dropLast()))iterator"
        default: throw JinjaError.runtime("argument must be iterable")
        }
        return .generator(JinjaGenerator(try value.reversed(budget), depth: depth, typeName: name, budget))
    }

    private static let batch: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("linecount", "fill_with", required: 1)
        let (count, fill) = (try arguments.integer(0, or: 0), arguments.given(1))
        var source: JinjaGenerator?
        var carried: JinjaValue?
        return .generator(
            JinjaGenerator(depth: try rowDepth(value, fill), budget) {
                let elements = try source ?? value.iterator(budget)
                source = elements
                var row = [carried].compactMap { $0 }
                carried = nil
                while let element = try elements.next() {
                    try budget.charge(1)
                    // A first row of no elements, where that is asked for.
                    if row.count == count {
                        carried = element
                        return try .list(of: row)
                    }
                    row.append(element)
                }
                guard !row.isEmpty else { return nil }
                if let fill, row.count < count {
                    try budget.charge(count - row.count)
                    row += Array(repeating: fill, count: count - row.count)
                }
                return try .list(of: row)
            })
    }

    private static let slice: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("slices", "fill_with", required: 1)
        let (slices, fill) = (try arguments.integer(0, or: 0), arguments.given(1))
        var source: [JinjaValue]?
        var (number, start) = (0, 0)
        return .generator(
            JinjaGenerator(depth: try rowDepth(value, fill), budget) {
                let elements = try source ?? value.collected(budget)
                source = elements
                guard slices != 0 else { throw JinjaError.runtime("integer division or modulo by zero") }
                guard number < slices else { return nil }
                let (size, longer) = elements.count.quotientAndRemainder(dividingBy: slices)
                let end = start + size + (number < longer ? 1 : 0)
                var row = Array(elements[start..<end])
                if let fill, number >= longer { row.append(fill) }
                (number, start) = (number + 1, end)
                try budget.charge(1 + row.count)
                return try .list(of: row)
            })
    }

    /// That of a generator whose rows hold a value's elements.
    private static func rowDepth(_ value: JinjaValue, _ fill: JinjaValue?) throws -> Int {
        try JinjaValue.depth(above: [value, fill ?? .none]) + 1
    }

    private static let sum: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("attribute", "start")
        let path = try AttributePath(arguments.given(0), budget)
        var total = arguments[1] ?? .int(0)
        guard total.string == nil else {
            throw JinjaError.runtime("sum() can't sum strings [use ''.join(seq) instead]")
        }
        let elements = try value.iterator(budget)
        while let element = try elements.next() {
            total = try total.applying(.add, try path.value(of: element, budget), budget)
            try budget.charge(1)
        }
        return total
    }
}
