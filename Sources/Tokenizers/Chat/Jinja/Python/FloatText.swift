import Foundation

/// A float in digits, without its sign: what CPython's `PyOS_double_to_string` writes.
enum FloatText {
    struct Style {
        enum Notation {
            /// As `repr`; with a precision as `general`, but with at least one digit after the point.
            case plain
            case fixed, exponent, general
        }

        var notation: Notation
        var isUppercase = false
        /// Whether there is always a point, and zeros at the end stay.
        var isAlternate = false

        /// - Parameter type: of a format; nil where it has none.
        init?(_ type: Unicode.Scalar?) {
            switch type {
            case nil: notation = .plain
            case "f", "F", "%": notation = .fixed
            case "e", "E": notation = .exponent
            case "g", "G", "n": notation = .general
            default: return nil
            }
            isUppercase = type == "E" || type == "F" || type == "G"
        }
    }

    /// - Throws: `limit` for more than 1,000 digits.
    static func write(
        _ number: Double, _ style: Style, precision: Int?, _ budget: JinjaBudget
    ) throws -> String {
        let digits = precision ?? 6
        guard digits <= 1_000 else { throw JinjaError.limit("a format asks for too many digits") }
        try budget.charge(bytes: 400 + digits)
        let value = number.magnitude
        guard value.isFinite else { return spelled(value.isNaN ? "nan" : "inf", style) }
        let mark = style.isAlternate ? "#" : ""
        switch style.notation {
        case .plain where precision == nil:
            let text = PythonNumber.text(value)
            return style.isAlternate ? pointed(text) : text
        case .plain: return significant(value, max(digits, 1), keepsZeros: style.isAlternate)
        case .fixed: return spelled(String(format: "%\(mark).\(digits)f", value), style)
        case .exponent: return spelled(String(format: "%\(mark).\(digits)e", value), style)
        case .general: return spelled(String(format: "%\(mark).\(digits)g", value), style)
        }
    }

    private static func spelled(_ text: String, _ style: Style) -> String {
        style.isUppercase ? text.uppercased() : text
    }

    /// With a point before the exponent or at the end.
    private static func pointed(_ text: String) -> String {
        guard !text.contains(".") else { return text }
        let mantissa = text.prefix { $0 != "e" }
        return mantissa + "." + text.dropFirst(mantissa.count)
    }

    /// `count` significant digits, with an exponent where the last of them stands before the point or the first far
    /// behind it.
    private static func significant(_ value: Double, _ count: Int, keepsZeros: Bool) -> String {
        let parts = String(format: "%.\(count - 1)e", value).split(separator: "e")
        var digits = parts[0].filter { $0 != "." }
        // The number is 0.DIGITS × 10^point.
        let point = (Int(parts[1]) ?? 0) + 1
        if !keepsZeros { while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() } }
        if point <= -4 || point > count - 1 {
            let fraction = digits.count > 1 || keepsZeros ? ".\(digits.dropFirst())" : ""
            let exponent = String(abs(point - 1))
            let sign = point < 1 ? "-" : "+"
            return "\(digits.prefix(1))\(fraction)e\(sign)\(exponent.count < 2 ? "0" : "")\(exponent)"
        }
        if point <= 0 { return "0.\(String(repeating: "0", count: -point))\(digits)" }
        if digits.count <= point { return "\(digits)\(String(repeating: "0", count: point - digits.count)).0" }
        return "\(digits.prefix(point)).\(digits.dropFirst(point))"
    }
}
