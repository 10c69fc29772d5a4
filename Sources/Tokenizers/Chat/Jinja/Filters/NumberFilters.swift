import Foundation

/// Filters over numbers.
enum NumberFilters {
    static let all: [String: JinjaMethod] = ["abs": absolute, "int": integer, "float": float, "round": round]

    private static let absolute: JinjaMethod = { value, _, call in
        _ = try call.bound()
        if let integer = value.integer {
            guard integer != .min else { throw PythonNumber.overflow }
            return .int(Swift.abs(integer))
        }
        guard let number = value.number else {
            throw JinjaError.runtime("bad operand type for abs(): '\(value.typeName)'")
        }
        return .float(Swift.abs(number))
    }

    private static let integer: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("default", "base")
        let standard = arguments[0] ?? .int(0)
        // Of what is no text the base says nothing; one that is none makes no integer of a text.
        let base = (arguments[1] ?? .int(10)).integer.flatMap { $0 == 0 || (2...36).contains($0) ? $0 : nil }
        if case .undefined(let undefined) = value { throw undefined.error }
        if let integer = value.integer { return .int(integer) }
        if let number = value.number {
            guard number.isFinite else {
                if number.isNaN { return standard }
                throw JinjaError.runtime("cannot convert float infinity to integer")
            }
            return .int(try truncated(number))
        }
        guard let text = value.string else { return standard }
        try budget.charge(text)
        if let base, let integer = try PythonNumber.integer(text, base: base) { return .int(integer) }
        guard let number = PythonNumber.float(text), number.isFinite else { return standard }
        return .int(try truncated(number))
    }

    private static func truncated(_ number: Double) throws -> Int {
        guard let integer = Int(exactly: number.rounded(.towardZero)) else { throw PythonNumber.overflow }
        return integer
    }

    private static let float: JinjaMethod = { value, budget, call in
        let standard = try call.bound("default")[0] ?? .float(0)
        if case .undefined(let undefined) = value { throw undefined.error }
        if let number = value.number { return .float(number) }
        try budget.charge(value.string ?? "")
        return value.string.flatMap(PythonNumber.float).map { .float($0) } ?? standard
    }

    private static let round: JinjaMethod = { value, _, call in
        let arguments = try call.bound("precision", "method")
        // Asked for no place at all, Python makes an integer.
        let isWhole = arguments[0]?.isNone == true
        let precision = isWhole ? 0 : try arguments.integer(0, or: 0)
        let method = try arguments.string(1, or: "common")
        // Rounding by half is asked of the value, which lacks it; the others compute with it.
        if case .undefined(let undefined) = value, method != "common" { throw undefined.error }
        guard ["common", "ceil", "floor"].contains(method) else {
            throw JinjaError.runtime("method must be common, ceil or floor")
        }
        guard let number = value.number else {
            throw JinjaError.runtime("type \(value.typeName) doesn't define __round__ method")
        }
        guard (-300...300).contains(precision) else { throw JinjaError.unsupported("a precision of \(precision)") }
        if isWhole {
            guard method == "common" else { throw JinjaError.runtime("unsupported operand type(s) for **") }
            guard number.isFinite else { throw JinjaError.runtime("cannot convert float to integer") }
            return .int(try value.integer ?? truncated(number.rounded(.toNearestOrEven)))
        }
        if method == "common" {
            if let integer = value.integer { return .int(try rounded(integer, precision)) }
            return .float(try rounded(number, precision))
        }
        guard number.isFinite else { throw JinjaError.runtime("cannot convert float to integer") }
        if value.integer != nil, precision >= 0 { return .float(number) }
        // Beyond, the powers of ten are no floats.
        guard (-22...22).contains(precision) else { throw JinjaError.unsupported("a precision of \(precision)") }
        let scale = pow(10, Double(precision))
        let scaled = (number * scale).rounded(method == "ceil" ? .up : .down)
        // Python's ceil and floor give integers, of which there is no negative zero.
        return .float((scaled == 0 ? 0 : scaled) / scale)
    }

    /// Half to even, of the number as it is and not of its decimal spelling.
    private static func rounded(_ number: Double, _ precision: Int) throws -> Double {
        guard number.isFinite else { return number }
        if precision >= 0 {
            return Double(String(format: "%.*f", precision, number)) ?? number
        }
        let magnitude = Double(DecimalRounding.rounded(number.magnitude, zeros: -precision)) ?? .infinity
        guard magnitude.isFinite else { throw JinjaError.runtime("rounded value too large to represent") }
        return Double(signOf: number, magnitudeOf: magnitude)
    }

    private static func rounded(_ number: Int, _ precision: Int) throws -> Int {
        guard precision < 0 else { return number }
        guard precision > -19 else {
            // Half of 10¹⁹ and no more is nothing; more is more than 64 bits hold.
            guard precision < -19 || number.magnitude <= 5_000_000_000_000_000_000 else { throw PythonNumber.overflow }
            return 0
        }
        var scale = 1
        for _ in 0..<(-precision) { scale *= 10 }
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: scale)
        let double = Swift.abs(rest).multipliedReportingOverflow(by: 2)
        let isUp = double.overflow || double.partialValue > scale || (double.partialValue == scale && quotient % 2 != 0)
        let (result, overflow) = (quotient + (isUp ? (number < 0 ? -1 : 1) : 0)).multipliedReportingOverflow(by: scale)
        guard !overflow else { throw PythonNumber.overflow }
        return result
    }
}
