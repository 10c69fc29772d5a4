import Foundation

/// How one value is written into a format: `[[fill]align][sign][#][0][width][,][.precision][type]`.
struct FormatSpecification {
    var fill: Unicode.Scalar = " "
    /// `<`, `>`, `=` or `^`; nil for what is usual for the value.
    var alignment: Unicode.Scalar?
    var sign: Unicode.Scalar = "-"
    var isAlternate = false
    var width = 0
    var grouping: String?
    var precision: Int?
    var type: Unicode.Scalar?

    init() {}

    /// - Throws: where the text is no such specification.
    init(_ text: String) throws {
        var rest = text.scalars[...]
        func isAlignment(_ scalar: Unicode.Scalar?) -> Bool {
            scalar.map { "<>=^".unicodeScalars.contains($0) } ?? false
        }
        if rest.count > 1, isAlignment(rest[rest.startIndex + 1]) {
            fill = rest.removeFirst()
            alignment = rest.removeFirst()
        } else if isAlignment(rest.first) {
            alignment = rest.removeFirst()
        }
        if let first = rest.first, "+- ".unicodeScalars.contains(first) { sign = rest.removeFirst() }
        if rest.first == "#" {
            isAlternate = true
            rest.removeFirst()
        }
        if rest.first == "0" {
            rest.removeFirst()
            if alignment == nil { (fill, alignment) = ("0", "=") }
        }
        width = try Self.number(&rest) ?? 0
        if rest.first == "," || rest.first == "_" { grouping = String(rest.removeFirst()) }
        if rest.first == "." {
            rest.removeFirst()
            guard let digits = try Self.number(&rest) else {
                throw JinjaError.runtime("Format specifier missing precision")
            }
            precision = digits
        }
        type = rest.popFirst()
        guard rest.isEmpty else { throw JinjaError.runtime("Invalid format specifier '\(text)'") }
    }

    static func number(_ scalars: inout ArraySlice<Unicode.Scalar>) throws -> Int? {
        let digits = scalars.prefix(while: \.isASCIIDigit)
        scalars = scalars.dropFirst(digits.count)
        guard !digits.isEmpty else { return nil }
        guard digits.count < 10, let number = Int(String(scalars: digits)) else {
            throw JinjaError.limit("a format asks for too many characters")
        }
        return number
    }

    // MARK: Writing

    func format(_ value: JinjaValue, _ evaluator: JinjaEvaluator) throws -> String {
        switch value {
        case .text(let text), .markup(let text): return try format(text, evaluator)
        // With a type it is the number; without, its word.
        case .bool where type == nil: return try format(try value.written(evaluator), evaluator)
        case .int(let number): return try format(number, evaluator)
        case .bool(let isTrue): return try format(isTrue ? 1 : 0, evaluator)
        case .float(let number): return try format(number, evaluator)
        default:
            guard isPlain else {
                throw JinjaError.runtime("unsupported format string passed to \(value.typeName).__format__")
            }
            return try value.written(evaluator)
        }
    }

    /// Whether nothing is asked for.
    private var isPlain: Bool {
        type == nil && width == 0 && precision == nil && alignment == nil && sign == "-" && !isAlternate
            && grouping == nil
    }

    private func format(_ text: String, _ evaluator: JinjaEvaluator) throws -> String {
        guard type == nil || type == "s" else { throw unknownType("str") }
        guard alignment != "=", sign == "-", grouping == nil, !isAlternate else {
            throw JinjaError.runtime("a format of a number is not allowed for a string")
        }
        let shown = precision.map { String(scalars: text.unicodeScalars.prefix($0)) } ?? text
        return try padded("", shown, usual: "<", evaluator)
    }

    private func format(_ number: Int, _ evaluator: JinjaEvaluator) throws -> String {
        if let type, "eEfFgG%".unicodeScalars.contains(type) { return try format(Double(number), evaluator) }
        guard precision == nil else { throw JinjaError.runtime("Precision not allowed in integer format specifier") }
        var (prefix, digits) = ("", "")
        switch type {
        case nil, "d", "n": digits = String(number.magnitude)
        case "b": (prefix, digits) = ("0b", String(number.magnitude, radix: 2))
        case "o": (prefix, digits) = ("0o", String(number.magnitude, radix: 8))
        case "x": (prefix, digits) = ("0x", String(number.magnitude, radix: 16))
        case "X": (prefix, digits) = ("0X", String(number.magnitude, radix: 16, uppercase: true))
        case "c":
            guard let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init) else {
                throw JinjaError.runtime("%c arg not in range(0x110000)")
            }
            return try padded("", String(scalar), usual: "<", evaluator)
        default: throw unknownType("int")
        }
        let head = (number < 0 ? "-" : plus) + (isAlternate ? prefix : "")
        return try padded(head, try grouped(digits), usual: ">", evaluator)
    }

    private func format(_ number: Double, _ evaluator: JinjaEvaluator) throws -> String {
        var text: String
        let magnitude = number.magnitude
        let digits = precision ?? 6
        guard digits <= 1_000 else { throw JinjaError.limit("a format asks for too many digits") }
        switch type {
        case nil where precision == nil: text = PythonNumber.text(magnitude)
        case nil: throw JinjaError.unsupported("a precision without a type is not supported for a float")
        case "f", "F": text = String(format: "%.\(digits)f", magnitude)
        case "e", "E": text = String(format: "%.\(digits)e", magnitude)
        case "g", "G", "n": text = String(format: "%\(isAlternate ? "#" : "").\(digits)g", magnitude)
        case "%": text = String(format: "%.\(digits)f", magnitude * 100) + "%"
        default: throw unknownType("float")
        }
        if type == "E" || type == "G" || type == "F" { text = text.uppercased() }
        let isNegative = number.sign == .minus && !number.isNaN
        return try padded(isNegative ? "-" : plus, try grouped(text), usual: ">", evaluator)
    }

    private var plus: String { sign == "-" ? "" : String(sign) }

    private func unknownType(_ name: String) -> JinjaError {
        .runtime("Unknown format code '\(type.map { String($0) } ?? "")' for object of type '\(name)'")
    }

    /// Digits before the point in groups.
    private func grouped(_ text: String) throws -> String {
        guard let grouping else { return text }
        let size = type.map { "boxX".unicodeScalars.contains($0) } == true ? 4 : 3
        guard size == 3 || grouping == "_" else { throw JinjaError.runtime("Cannot specify ',' with this type") }
        guard !(fill == "0" && alignment == "=" && width > 0) else {
            throw JinjaError.unsupported("groups of digits filled with zeros are not supported")
        }
        let whole = text.prefix { $0.isHexDigit }
        var output = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % size == 0 { output += grouping }
            output.append(digit)
        }
        return output + text.dropFirst(whole.count)
    }

    /// - Parameter head: sign and base, which stand before a fill by `=`.
    private func padded(_ head: String, _ body: String, usual: Unicode.Scalar, _ evaluator: JinjaEvaluator) throws
        -> String
    {
        let rest = width - head.unicodeScalars.count - body.unicodeScalars.count
        guard rest > 0 else { return head + body }
        func filling(_ count: Int) throws -> String { try evaluator.repeated(String(fill), count) }
        switch alignment ?? usual {
        case "<": return head + body + (try filling(rest))
        case "=": return head + (try filling(rest)) + body
        case "^": return try filling(rest / 2) + head + body + filling(rest - rest / 2)
        default: return try filling(rest) + head + body
        }
    }
}
