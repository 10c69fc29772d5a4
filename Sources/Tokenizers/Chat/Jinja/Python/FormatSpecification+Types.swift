/// Texts and numbers in a format of braces, each by the rules of its type. They throw where the specification is none for
/// that type.
extension FormatSpecification {
    func format(_ text: String, _ budget: JinjaBudget) throws -> String {
        guard type == nil || type == "s" else { throw unknownType("str") }
        guard alignment(usual: "<") != "=", sign == nil, grouping == nil, !isAlternate, !dropsSignOfZero else {
            throw JinjaError.runtime("a format of a number is not allowed for a string")
        }
        try budget.charge(text)
        let shown = precision.map { String(scalars: text.unicodeScalars.prefix($0)) } ?? text
        return try padded("", shown, usual: "<", budget)
    }

    // MARK: Integers

    func format(_ number: Int, _ budget: JinjaBudget) throws -> String {
        if let type, "eEfFgG%".unicodeScalars.contains(type) { return try format(Double(number), budget) }
        guard precision == nil else { throw JinjaError.runtime("Precision not allowed in integer format specifier") }
        guard !dropsSignOfZero else {
            throw JinjaError.runtime("Negative zero coercion (z) not allowed in integer format specifier")
        }
        if type == "c" {
            guard sign == nil, !isAlternate else {
                throw JinjaError.runtime("Sign and alternate form (#) not allowed with integer format specifier 'c'")
            }
            return try padded("", try PythonText.character(number), usual: ">", budget)
        }
        guard let base = Self.base(type) else { throw unknownType("int") }
        let digits = String(number.magnitude, radix: base.radix, uppercase: type == "X")
        let head = head(isNegative: number < 0) + (isAlternate ? base.prefix : "")
        return try self.number(head, digits, "", groups: base.radix == 10 ? 3 : 4, budget)
    }

    private static func base(_ type: Unicode.Scalar?) -> (radix: Int, prefix: String)? {
        switch type {
        case nil, "d", "n": (10, "")
        case "b": (2, "0b")
        case "o": (8, "0o")
        case "x": (16, "0x")
        case "X": (16, "0X")
        default: nil
        }
    }

    // MARK: Floats

    func format(_ number: Double, _ budget: JinjaBudget) throws -> String {
        guard var style = FloatText.Style(type) else { throw unknownType("float") }
        style.isAlternate = isAlternate
        let text = try FloatText.write(type == "%" ? number * 100 : number, style, precision: precision, budget)
        let isZero = text.prefix { $0 != "e" && $0 != "E" }.allSatisfy { $0 == "0" || $0 == "." }
        let isNegative = number.sign == .minus && !number.isNaN && !(isZero && dropsSignOfZero)
        let digits = text.prefix { $0.isNumber }
        let rest = text.dropFirst(digits.count) + (type == "%" ? "%" : "")
        return try self.number(head(isNegative: isNegative), String(digits), String(rest), groups: 3, budget)
    }

    // MARK: Layout

    private func head(isNegative: Bool) -> String {
        if isNegative { return "-" }
        return sign.map { $0 == "-" ? "" : String($0) } ?? ""
    }

    private func unknownType(_ name: String) -> JinjaError {
        .runtime("Unknown format code '\(type.map { String($0) } ?? "")' for object of type '\(name)'")
    }

    /// - Parameters:
    ///   - digits: those before the point, which are grouped; zeros that fill the width are of them.
    ///   - rest: point, fraction, exponent, or what is no number.
    private func number(
        _ head: String, _ digits: String, _ rest: String, groups size: Int, _ budget: JinjaBudget
    ) throws -> String {
        try budget.charge(bytes: width)
        let fillsWithDigits = fill == "0" && alignment(usual: ">") == "="
        let minimum = fillsWithDigits ? width - head.utf8.count - rest.utf8.count : 0
        let body = digits.isEmpty ? "" : grouped(digits, size, atLeast: minimum)
        return try padded(head, body + rest, usual: ">", budget)
    }

    /// Digits in groups, with zeros before them up to a width; a group's mark never stands first, so that there may be
    /// one character more.
    private func grouped(_ digits: String, _ size: Int, atLeast minimum: Int) -> String {
        guard let grouping else {
            return String(repeating: "0", count: max(0, minimum - digits.utf8.count)) + digits
        }
        var reversed: [Unicode.Scalar] = []
        var digits = digits.scalars
        var missing = minimum
        while true {
            let count = min(size, max(digits.count, missing, 1))
            for _ in 0..<count { reversed.append(digits.popLast() ?? "0") }
            missing -= count
            if digits.isEmpty, missing <= 0 { return String(scalars: reversed.reversed()) }
            reversed.append(grouping)
            missing -= 1
        }
    }
}
