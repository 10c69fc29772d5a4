import Foundation

/// Numbers as Python computes, reads and writes them. Integers have 64 bits here; what needs more is refused.
enum PythonNumber {
    static let overflow = JinjaError.unsupported("an integer does not fit 64 bits")

    // MARK: Writing

    /// `repr` of a float: the shortest digits that read back the same, with an exponent below 1e-4 and from 1e16 on.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        let sign = value.sign == .minus ? "-" : ""
        let (digits, point) = shortest(value.magnitude)
        guard point > -4, point <= 16 else {
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let exponent = String(abs(point - 1))
            return sign + digits.prefix(1) + fraction + "e" + (point - 1 < 0 ? "-" : "+")
                + (exponent.count < 2 ? "0" : "") + exponent
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if digits.count <= point {
            return sign + digits + String(repeating: "0", count: point - digits.count) + ".0"
        }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// The significant digits of `0.DIGITS × 10^point`.
    private static func shortest(_ value: Double) -> (digits: String, point: Int) {
        let parts = "\(value)".split(separator: "e")
        let number = parts[0].split(separator: ".")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let whole = number[0]
        let all = whole + (number.count > 1 ? number[1] : "")
        let zeros = all.prefix { $0 == "0" }.count
        var digits = String(all.dropFirst(zeros))
        while digits.hasSuffix("0") { digits.removeLast() }
        return digits.isEmpty ? ("0", 1) : (digits, whole.count - zeros + exponent)
    }

    // MARK: Arithmetic

    /// What an operation makes of integers.
    enum Outcome {
        case integer(Int)
        case float(Double)
    }

    static func apply(_ operation: PythonOperator, _ left: Int, _ right: Int) throws -> Outcome {
        let result: (partialValue: Int, overflow: Bool)
        switch operation {
        case .add: result = left.addingReportingOverflow(right)
        case .subtract: result = left.subtractingReportingOverflow(right)
        case .multiply: result = left.multipliedReportingOverflow(by: right)
        case .divide:
            guard right != 0 else { throw JinjaError.runtime("division by zero") }
            // Correctly rounded where both are exact as floats.
            guard abs(Double(left)) <= 0x1p53, abs(Double(right)) <= 0x1p53 else { throw overflow }
            return .float(Double(left) / Double(right))
        case .floorDivide:
            guard right != 0 else { throw JinjaError.runtime("integer division or modulo by zero") }
            result = left.dividedReportingOverflow(by: right)
            if !result.overflow, left % right != 0, (left < 0) != (right < 0) {
                return .integer(result.partialValue - 1)
            }
        case .modulo:
            guard right != 0 else { throw JinjaError.runtime("integer modulo by zero") }
            let rest = left.remainderReportingOverflow(dividingBy: right).partialValue
            return .integer(rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest)
        case .power:
            guard right >= 0 else { return .float(try power(Double(left), Double(right))) }
            return .integer(try power(left, right))
        }
        guard !result.overflow else { throw overflow }
        return .integer(result.partialValue)
    }

    private static func power(_ base: Int, _ exponent: Int) throws -> Int {
        if base == 0 || base == 1 || exponent == 0 { return exponent == 0 ? 1 : base }
        if base == -1 { return exponent % 2 == 0 ? 1 : -1 }
        guard exponent < 64 else { throw overflow }
        var result = 1
        for _ in 0..<exponent {
            let (product, isOver) = result.multipliedReportingOverflow(by: base)
            guard !isOver else { throw overflow }
            result = product
        }
        return result
    }

    static func apply(_ operation: PythonOperator, _ left: Double, _ right: Double) throws -> Double {
        switch operation {
        case .add: return left + right
        case .subtract: return left - right
        case .multiply: return left * right
        case .divide:
            guard right != 0 else { throw JinjaError.runtime("float division by zero") }
            return left / right
        case .floorDivide:
            guard right != 0 else { throw JinjaError.runtime("float floor division by zero") }
            return floored(left, right).quotient
        case .modulo:
            guard right != 0 else { throw JinjaError.runtime("float modulo by zero") }
            return floored(left, right).rest
        case .power: return try power(left, right)
        }
    }

    private static func floored(_ left: Double, _ right: Double) -> (quotient: Double, rest: Double) {
        var rest = fmod(left, right)
        var quotient = (left - rest) / right
        if rest == 0 {
            rest = Double(signOf: right, magnitudeOf: 0)
        } else if (right < 0) != (rest < 0) {
            rest += right
            quotient -= 1
        }
        guard quotient != 0 else { return (Double(signOf: left / right, magnitudeOf: 0), rest) }
        let floor = quotient.rounded(.down)
        return (quotient - floor > 0.5 ? floor + 1 : floor, rest)
    }

    private static func power(_ base: Double, _ exponent: Double) throws -> Double {
        guard base != 0 || exponent >= 0 else {
            throw JinjaError.runtime("zero to a negative power")
        }
        let result = pow(base, exponent)
        if result.isNaN, !base.isNaN, !exponent.isNaN {
            throw JinjaError.unsupported("a complex number is not supported")
        }
        guard result.isFinite || base.isInfinite || exponent.isInfinite || result.isNaN else {
            throw JinjaError.runtime("(34, 'Numerical result out of range')")
        }
        return result
    }

    // MARK: Reading

    /// Python's `int(text, base)`; nil where it is no number of the base.
    static func integer(_ text: String, base: Int) throws -> Int? {
        var scalars = PythonText.stripped(text.scalars, of: nil)[...]
        guard let first = scalars.first else { return nil }
        let isNegative = first == "-"
        if first == "-" || first == "+" { scalars = scalars.dropFirst() }
        var base = base
        let marks: [Int: String] = [2: "bB", 8: "oO", 16: "xX"]
        if scalars.first == "0", let mark = scalars.dropFirst().first {
            if let found = marks.first(where: {
                $0.value.unicodeScalars.contains(mark) && (base == 0 || base == $0.key)
            }) {
                base = found.key
                scalars = scalars.dropFirst(2)
                if scalars.first == "_" { scalars = scalars.dropFirst() }
            }
        }
        if base == 0 {
            guard scalars.first != "0" || scalars.allSatisfy({ $0 == "0" || $0 == "_" }) else { return nil }
            base = 10
        }
        guard let digits = withoutUnderscores(scalars, isDigit: { $0.digitValue(base: base) != nil }) else {
            return nil
        }
        guard let value = Int((isNegative ? "-" : "") + digits, radix: base) else { throw overflow }
        return value
    }

    /// Decimal digits of any script as ASCII, without single underscores between two; nil where there is anything else.
    private static func withoutUnderscores(
        _ scalars: ArraySlice<Unicode.Scalar>, isDigit: (Unicode.Scalar) -> Bool
    ) -> String? {
        var text = String.UnicodeScalarView()
        var afterDigit = false
        for scalar in scalars {
            let plain = decimal(scalar)
            if isDigit(plain) {
                text.append(plain)
                afterDigit = true
            } else if scalar == "_", afterDigit {
                afterDigit = false
            } else {
                return nil
            }
        }
        return afterDigit ? String(text) : nil
    }

    private static func decimal(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard !scalar.isASCII, scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue,
            let digit = Unicode.Scalar(48 + UInt32(value))
        else { return scalar }
        return digit
    }

    /// Python's `float(text)`; nil where it is none.
    static func float(_ text: String) -> Double? {
        let scalars = PythonText.stripped(text.scalars, of: nil).map(decimal)
        var plain = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            if scalar == "_" {
                guard index > 0, index + 1 < scalars.count, scalars[index - 1].isASCIIDigit,
                    scalars[index + 1].isASCIIDigit
                else { return nil }
            } else {
                plain.append(scalar)
            }
        }
        let word = String(plain)
        switch word.lowercased() {
        case "nan", "+nan", "-nan": return .nan
        case "inf", "+inf", "infinity", "+infinity": return .infinity
        case "-inf", "-infinity": return -.infinity
        default: break
        }
        // Swift reads hexadecimal numbers too.
        guard plain.allSatisfy({ $0.isASCIIDigit || "+-.eE".unicodeScalars.contains($0) }) else { return nil }
        return Double(word.hasPrefix("+") ? String(word.dropFirst()) : word) ?? readLoosely(word)
    }

    /// What Python allows and Swift does not: no digit on one side of the point.
    private static func readLoosely(_ word: String) -> Double? {
        let parts = word.lowercased().split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
        var number = String(parts[0])
        let sign = number.hasPrefix("-") ? "-" : ""
        if number.hasPrefix("-") || number.hasPrefix("+") { number.removeFirst() }
        guard number.contains(where: \.isNumber), number.filter({ $0 == "." }).count == 1 else { return nil }
        if number.hasPrefix(".") { number = "0" + number }
        if number.hasSuffix(".") { number += "0" }
        return Double(sign + number + (parts.count > 1 ? "e" + parts[1] : ""))
    }
}
