import ModelFiles

/// `tojson` as transformers has it: Python's `json.dumps`, by default without escapes beyond JSON's own and with a space
/// after commas and colons.
struct JinjaJSON {
    private let asASCII: Bool
    private let indentation: String?
    private let separators: (item: String, key: String)
    private let sortsKeys: Bool
    private let budget: JinjaBudget

    /// - Parameter arguments: `ensure_ascii`, `indent`, `separators`, `sort_keys`.
    init(_ arguments: JinjaCall.Bound, _ budget: JinjaBudget) throws {
        asASCII = arguments.isTrue(0)
        sortsKeys = arguments.isTrue(3)
        self.budget = budget
        if let indent = arguments.given(1) {
            indentation = try indent.string ?? budget.repeated(" ", indent.asIndex())
        } else {
            indentation = nil
        }
        if let given = arguments.given(2) {
            let parts = try given.collected(budget)
            guard parts.count == 2 else { throw JinjaError.runtime("separators must be two texts") }
            separators = (try parts[0].asString(), try parts[1].asString())
        } else {
            separators = (indentation == nil ? ", " : ",", ": ")
        }
    }

    func write(_ value: JinjaValue) throws -> String {
        var text = ""
        try append(value, to: &text, level: 0)
        return text
    }

    private func append(_ value: JinjaValue, to text: inout String, level: Int) throws {
        try budget.charge(1)
        try budget.checkSize(text.utf8.count)
        switch value {
        case .none: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .float(let value): text += Self.text(value)
        case .text(let string), .markup(let string): try quote(string, into: &text)
        case .list(let sequence), .tuple(let sequence):
            try list(sequence.elements, "[", "]", to: &text, level: level) { try append($0, to: &$1, level: level + 1) }
        case .dictionary(let dictionary):
            try list(try members(dictionary), "{", "}", to: &text, level: level) { member, text in
                try quote(member.key, into: &text)
                try budget.append(separators.key, to: &text)
                try append(member.value, to: &text, level: level + 1)
            }
        default:
            throw JinjaError.runtime("Object of type \(value.typeName) is not JSON serializable")
        }
    }

    private func list<Element>(
        _ elements: [Element], _ open: String, _ close: String, to text: inout String, level: Int,
        _ append: (Element, inout String) throws -> Void
    ) throws {
        guard !elements.isEmpty else { return text += open + close }
        func line(_ level: Int) throws -> String {
            guard let indentation else { return "" }
            return try budget.joined("\n", budget.repeated(indentation, level))
        }
        text += open
        for (index, element) in elements.enumerated() {
            if index > 0 { try budget.append(separators.item, to: &text) }
            try budget.append(try line(level + 1), to: &text)
            try append(element, &text)
        }
        try budget.append(try line(level) + close, to: &text)
    }

    private func members(_ dictionary: JinjaDictionary) throws -> [(key: String, value: JinjaValue)] {
        try budget.charge(dictionary.count)
        var pairs = Array(zip(dictionary.keys, dictionary.values))
        if sortsKeys {
            let order = try OrderFilters.sorted(by: dictionary.keys, budget)
            pairs = order.map { pairs[$0] }
        }
        return try pairs.map { (try Self.key($0), $1) }
    }

    private static func key(_ key: JinjaValue) throws -> String {
        switch key {
        case .text(let text), .markup(let text): return text
        case .none: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .float(let value): return text(value)
        default:
            throw JinjaError.runtime("keys must be str, int, float, bool or None, not \(key.typeName)")
        }
    }

    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        return value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : PythonNumber.text(value)
    }

    private func quote(_ string: String, into text: inout String) throws {
        try budget.charge(string)
        let quoted = JSONText.quote(string)
        try budget.append(asASCII ? Self.escaped(quoted) : quoted, to: &text)
    }

    private static func escaped(_ quoted: String) -> String {
        var text = ""
        for scalar in quoted.unicodeScalars {
            if scalar.value < 0x7F {
                text.unicodeScalars.append(scalar)
            } else {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return text
    }
}
