/// A scalar: the text as written and what it means under the YAML 1.2 core schema.
struct YAMLScalar: Equatable, Sendable {
    /// The types of the core schema (YAML 1.2.2, chapter 10.3).
    enum Value: Equatable, Sendable {
        case null
        case boolean(Bool)
        case integer(Int)
        /// Any other number: with a point or an exponent, `.inf`, `.nan`, or an integer that needs over 64 bits.
        case number(Double)
        case string(String)
    }

    let text: String
    let value: Value

    init(text: String, value: Value) {
        self.text = text
        self.value = value
    }

    /// A string, whatever it looks like: a quoted or a block scalar.
    init(string: String) {
        self.init(text: string, value: .string(string))
    }

    /// An unquoted scalar. `no`, `on` and `yes` are strings, as YAML 1.2 says.
    init(plain text: String) {
        self.init(text: text, value: Self.resolve(text))
    }

    private static func resolve(_ text: String) -> Value {
        switch text {
        case "", "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE": .boolean(true)
        case "false", "False", "FALSE": .boolean(false)
        default: number(text) ?? .string(text)
        }
    }

    /// The core schema's integer and floating-point forms, or nil.
    static func number(_ text: String) -> Value? {
        if text.hasPrefix("0x") { return radix(text.dropFirst(2), 16) }
        if text.hasPrefix("0o") { return radix(text.dropFirst(2), 8) }
        let unsigned = text.first == "+" || text.first == "-" ? text.dropFirst() : text[...]
        switch unsigned {
        case ".inf", ".Inf", ".INF": return .number(text.first == "-" ? -Double.infinity : .infinity)
        case ".nan", ".NaN", ".NAN": return text == unsigned ? .number(.nan) : nil
        default: break
        }
        guard isDecimal(Array(unsigned.utf8)) else { return nil }
        if let integer = Int(text) { return .integer(integer) }
        return Double(text).map { .number($0) }
    }

    private static func radix(_ digits: Substring, _ radix: Int) -> Value? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ UInt8(ascii: "0") <= $0 }) else { return nil }
        if let integer = Int(digits, radix: radix) { return .integer(integer) }
        guard digits.allSatisfy({ $0.isASCII && ($0.hexDigitValue ?? radix) < radix }) else { return nil }
        return .number(digits.reduce(0) { $0 * Double(radix) + Double($1.hexDigitValue ?? 0) })
    }

    /// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
    private static func isDecimal(_ bytes: [UInt8]) -> Bool {
        var index = 0
        func digits() -> Int {
            let start = index
            while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
            return index - start
        }
        let whole = digits()
        var fraction = 0
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            fraction = digits()
        }
        guard whole + fraction > 0 else { return false }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard digits() > 0 else { return false }
        }
        return index == bytes.count
    }
}
