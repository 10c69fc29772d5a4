/// A value as Python's `str` and `repr` write it.
extension JinjaValue {
    /// What messages call the value's type.
    var typeName: String {
        switch self {
        case .undefined: "Undefined"
        case .none: "NoneType"
        case .bool: "bool"
        case .int: "int"
        case .float: "float"
        case .text: "str"
        case .markup: "Markup"
        case .list: "list"
        case .tuple: "tuple"
        case .dictionary: "dict"
        case .view(let view): "dict_\(view.kind.rawValue)"
        case .range: "range"
        case .generator(let generator): generator.typeName
        case .namespace: "TemplateNamespace"
        case .macro: "Macro"
        case .loop: "LoopContext"
        case .function: "function"
        }
    }

    /// `str(value)`
    /// - Throws: for what Python writes with an address in memory.
    func written(_ budget: JinjaBudget) throws -> String {
        switch self {
        case .undefined: return ""
        case .text(let text), .markup(let text): return text
        default: return try represented(budget)
        }
    }

    /// `repr(value)`
    func represented(_ budget: JinjaBudget) throws -> String {
        var text = ""
        try represent(into: &text, budget, level: 0)
        return text
    }

    private func represent(into text: inout String, _ budget: JinjaBudget, level: Int) throws {
        try budget.charge(1)
        // Namespaces may hold one another in a circle, which no depth of theirs tells.
        guard level <= JinjaLimits.valueDepth else {
            throw JinjaError.limit("a value is nested too deep to be written")
        }
        func list(_ elements: some Sequence<JinjaValue>, _ open: String, _ close: String) throws {
            text += open
            for (index, element) in elements.enumerated() {
                if index > 0 { text += ", " }
                try element.represent(into: &text, budget, level: level + 1)
            }
            text += close
        }
        try budget.checkSize(text.utf8.count)
        switch self {
        case .undefined: text += "Undefined"
        case .none: text += "None"
        case .bool(let value): text += value ? "True" : "False"
        case .int(let value): text += String(value)
        case .float(let value): text += PythonNumber.text(value)
        case .text(let string):
            try budget.charge(string)
            try budget.append(PythonText.quoted(string), to: &text)
        case .markup(let string):
            try budget.charge(string)
            try budget.append("Markup(\(PythonText.quoted(string)))", to: &text)
        case .list(let sequence): try list(sequence.elements, "[", "]")
        case .tuple(let sequence):
            try list(sequence.elements, "(", sequence.elements.count == 1 ? ",)" : ")")
        case .dictionary(let dictionary):
            try Self.represent(dictionary.keys, dictionary.values, into: &text, budget, level: level)
        case .view(let view):
            try list((0..<view.dictionary.count).lazy.map { view[$0] }, "\(typeName)([", "])")
        case .range(let range):
            text += "range(\(range.start), \(range.stop)" + (range.step == 1 ? ")" : ", \(range.step))")
        case .namespace(let namespace):
            text += "<Namespace "
            let values = namespace.names.compactMap { namespace[$0] }
            try Self.represent(namespace.names.map { .text($0) }, values, into: &text, budget, level: level)
            text += ">"
        case .macro(let macro):
            text += "<Macro \(macro.name.map(PythonText.quoted) ?? "anonymous")>"
        case .loop(let loop):
            text += "<LoopContext \(loop.index + 1)/\(try loop.attribute("length")?.integer ?? 0)>"
        case .generator, .function:
            throw JinjaError.unsupported("a \(typeName) cannot be written as text; it would show an address in memory")
        }
    }

    private static func represent(
        _ keys: [JinjaValue], _ values: [JinjaValue], into text: inout String, _ budget: JinjaBudget, level: Int
    ) throws {
        text += "{"
        for (index, (key, value)) in zip(keys, values).enumerated() {
            if index > 0 { text += ", " }
            try key.represent(into: &text, budget, level: level + 1)
            text += ": "
            try value.represent(into: &text, budget, level: level + 1)
        }
        text += "}"
    }
}
