/// One conversion of a format of percent signs: `%[flags][width][.precision]type`.
struct PercentConversion {
    var isLeft = false
    var width = 0
    var precision: Int?
    private var isZeroFilled = false
    private var isAlternate = false
    private var sign = ""

    /// Whether it is a flag, which is noted.
    mutating func takes(_ flag: Unicode.Scalar) -> Bool {
        switch flag {
        case "-": isLeft = true
        case "+": sign = "+"
        case " ": if sign.isEmpty { sign = " " }
        case "#": isAlternate = true
        case "0": isZeroFilled = true
        default: return false
        }
        return true
    }

    /// - Parameter isMarked: whether the format is marked text: what is put into it is escaped, and no integer to it.
    func written(_ value: JinjaValue, _ type: Unicode.Scalar, isMarked: Bool, _ budget: JinjaBudget) throws
        -> String
    {
        switch type {
        case "s", "r", "a":
            let text = try text(value, type, isMarked: isMarked, budget)
            try budget.charge(text)
            return try padded("", precision.map { String(scalars: text.unicodeScalars.prefix($0)) } ?? text, budget)
        case "c":
            guard !isMarked else { throw JinjaError.runtime("%c requires int or char") }
            return try padded("", try character(value), budget)
        case "d", "i", "u", "x", "X", "o": return try integer(value, type, isMarked: isMarked, budget)
        case "e", "E", "f", "F", "g", "G":
            guard let number = try isMarked ? float(value) : value.number, var style = FloatText.Style(type) else {
                if case .undefined(let undefined) = value { throw undefined.error }
                throw JinjaError.runtime("must be real number, not \(value.typeName)")
            }
            style.isAlternate = isAlternate
            let text = try FloatText.write(number, style, precision: precision, budget)
            return try padded(number.sign == .minus && !number.isNaN ? "-" : sign, text, isNumber: true, budget)
        default: throw JinjaError.runtime("unsupported format character '\(type)'")
        }
    }

    private func text(_ value: JinjaValue, _ type: Unicode.Scalar, isMarked: Bool, _ budget: JinjaBudget) throws
        -> String
    {
        if type == "s" { return isMarked ? try Markup.escaped(value, budget) : try value.written(budget) }
        let text = try value.represented(budget)
        guard !isMarked else {
            let escaped = try Markup.escaped(text, budget)
            return type == "r" ? escaped : try budget.checked(PythonText.ascii(escaped))
        }
        return type == "r" ? text : try budget.checked(PythonText.ascii(text))
    }

    private func character(_ value: JinjaValue) throws -> String {
        if let number = value.integer { return try PythonText.character(number) }
        guard let text = value.string, text.unicodeScalars.prefix(2).count == 1 else {
            throw JinjaError.runtime("%c requires int or char")
        }
        return text
    }

    // MARK: Numbers

    private func integer(
        _ value: JinjaValue, _ type: Unicode.Scalar, isMarked: Bool, _ budget: JinjaBudget
    ) throws -> String {
        let isDecimal = "diu".unicodeScalars.contains(type)
        guard let number = try isDecimal ? whole(value, isMarked: isMarked) : isMarked ? nil : value.integer else {
            throw JinjaError.runtime("%\(type) format: a number is required, not \(value.typeName)")
        }
        let (radix, prefix) = isDecimal ? (10, "") : type == "o" ? (8, "0o") : (16, "0\(type)")
        let digits = String(number.magnitude, radix: radix, uppercase: type == "X")
        let zeros = try budget.repeated("0", max(0, (precision ?? 0) - digits.utf8.count))
        let head = (number < 0 ? "-" : sign) + (isAlternate ? prefix : "")
        return try padded(head, try budget.joined(zeros, digits), isNumber: true, budget)
    }

    /// Python's `int(value)`, of numbers alone where the format is not marked.
    private func whole(_ value: JinjaValue, isMarked: Bool) throws -> Int? {
        if case .undefined(let undefined) = value { throw undefined.error }
        if let integer = value.integer { return integer }
        if isMarked, let text = value.string { return try PythonNumber.integer(text, base: 10) }
        guard case .float(let number) = value else { return nil }
        guard number.isFinite else { throw JinjaError.runtime("cannot convert float to integer") }
        guard let whole = Int(exactly: number.rounded(.towardZero)) else { throw PythonNumber.overflow }
        return whole
    }

    /// Python's `float(value)`.
    private func float(_ value: JinjaValue) throws -> Double? {
        value.string.map { PythonNumber.float($0) } ?? value.number
    }

    // MARK: Layout

    /// - Parameter head: sign and base, which stand before zeros that fill the width.
    private func padded(_ head: String, _ body: String, isNumber: Bool = false, _ budget: JinjaBudget) throws
        -> String
    {
        let text = try budget.joined(head, body)
        let missing = width - text.unicodeScalars.count
        guard missing > 0 else { return text }
        if isLeft { return try budget.joined(text, budget.repeated(" ", missing)) }
        guard isNumber, isZeroFilled else { return try budget.joined(budget.repeated(" ", missing), text) }
        return try budget.joined(head, budget.joined(budget.repeated("0", missing), body))
    }
}
