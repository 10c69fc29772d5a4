import Foundation

/// Names, numbers, strings and operators inside of tags.
extension JinjaLexer {
    /// `position` stands inside of a tag, not on its end.
    mutating func readLexeme() throws {
        let scalar = source[position]
        if scalar.isPythonSpace {
            position = skippingSpace(from: position)
        } else if scalar.isASCIIDigit {
            try readNumber()
        } else if scalar.isWordPart {
            try readName()
        } else if scalar == "'" || scalar == "\"" {
            try readString()
        } else {
            try readOperator()
        }
    }

    private mutating func readName() throws {
        let start = position
        while let scalar = peek(), scalar.isWordPart || scalar.properties.isXIDContinue { position += 1 }
        let name = source[start..<position]
        guard PythonText.isIdentifier(name) else { throw syntax("a name holds a character it may not", at: start) }
        let text = String(scalars: name)
        // Python takes spellings of one form for the same variable, jinja2 for two: what it then does is an accident.
        guard text.precomposedStringWithCompatibilityMapping.isExactly(text) else {
            throw JinjaError(
                .unsupported, "a name that is not in Unicode's form NFKC is not supported", at: place(start))
        }
        append(.name(text), at: start)
    }

    private mutating func readOperator() throws {
        let start = position
        var found = [source[start]]
        if let next = peek(1), JinjaToken.pairs.contains(found + [next]) {
            found.append(next)
        } else if !JinjaToken.operators.contains(source[start]) {
            throw syntax("unexpected character '\(source[start].escaped(asASCII: true))'", at: start)
        }
        position += found.count
        switch source[start] {
        case "{": closings.append("}")
        case "(": closings.append(")")
        case "[": closings.append("]")
        case "}", ")", "]":
            guard closings.popLast() == source[start] else { throw syntax("unexpected '\(source[start])'", at: start) }
        default: break
        }
        append(.symbol(String(scalars: found)), at: start)
    }

    // MARK: Numbers

    private mutating func readNumber() throws {
        let start = position
        if source[start] == "0", let mark = peek(1), let base = Self.bases[mark], isDigit(after: position + 1, base) {
            position += 2
            return try appendInteger(digits(base), base, at: start)
        }
        let whole = digits(10)
        var text = whole
        let isAfterDot = start > 0 && source[start - 1] == "."
        var isFloat = false
        if !isAfterDot {
            if peek() == ".", let next = peek(1), next.isASCIIDigit {
                position += 1
                text += "." + digits(10)
                isFloat = true
            }
            let sign = peek(1) == "+" || peek(1) == "-" ? 1 : 0
            if peek() == "e" || peek() == "E", let digit = peek(1 + sign), digit.isASCIIDigit {
                text += "e" + (peek(1) == "-" ? "-" : "")
                position += 1 + sign
                text += digits(10)
                isFloat = true
            }
        }
        if isFloat {
            guard let value = Double(text) else { throw syntax("a number is malformed", at: start) }
            // jinja2 writes it into Python as `inf`, which is a name that nobody set, or an infinity, as it happens.
            guard value.isFinite else {
                throw JinjaError(.unsupported, "a number beyond 1.8e308 is not supported", at: place(start))
            }
            return append(.float(value), at: start)
        }
        if whole.count > 1, whole.hasPrefix("0") {
            // jinja2 takes the zeros for a number of their own, which nothing may follow.
            guard whole.allSatisfy({ $0 == "0" }) else { throw syntax("a number may not start with a zero", at: start) }
        }
        try appendInteger(whole, 10, at: start)
    }

    private static let bases: [Unicode.Scalar: Int] = ["b": 2, "B": 2, "o": 8, "O": 8, "x": 16, "X": 16]

    private func isDigit(after index: Int, _ base: Int) -> Bool {
        var index = index + 1
        if index < source.count, source[index] == "_" { index += 1 }
        return index < source.count && source[index].digitValue(base: base) != nil
    }

    /// The digits from here on without the underscores between them.
    private mutating func digits(_ base: Int) -> String {
        var text = String.UnicodeScalarView()
        while let scalar = peek() {
            if scalar.digitValue(base: base) != nil {
                text.append(scalar)
            } else if scalar != "_" || peek(1)?.digitValue(base: base) == nil {
                break
            }
            position += 1
        }
        return String(text)
    }

    private mutating func appendInteger(_ digits: String, _ base: Int, at start: Int) throws {
        guard let value = Int(digits, radix: base) else {
            throw JinjaError(.unsupported, "an integer does not fit 64 bits", at: place(start))
        }
        append(.integer(value), at: start)
    }

    // MARK: Strings

    private mutating func readString() throws {
        let start = position
        let quote = source[start]
        position += 1
        var text = String.UnicodeScalarView()
        while let scalar = peek() {
            position += 1
            if scalar == quote { return append(.string(String(text)), at: start) }
            if scalar == "\\" { try readEscape(into: &text) } else { text.append(scalar) }
        }
        throw syntax("the string that starts here does not end", at: start)
    }

    /// `position` stands after the backslash.
    private mutating func readEscape(into text: inout String.UnicodeScalarView) throws {
        let start = position - 1
        guard let scalar = peek() else { return }
        position += 1
        if let simple = Self.escapes[scalar] { return text.append(simple) }
        switch scalar {
        case "\n": break
        case "0"..."7":
            var value = scalar.value - 48
            for _ in 0..<2 {
                guard let digit = peek()?.digitValue(base: 8) else { break }
                value = value * 8 + UInt32(digit)
                position += 1
            }
            text.append(try self.scalar(value, at: start))
        case "x": text.append(try readHexadecimal(2, at: start))
        case "u": text.append(try readHexadecimal(4, at: start))
        case "U": text.append(try readHexadecimal(8, at: start))
        case "N": throw JinjaError(.unsupported, "a character by its name (\\N) is not supported", at: place(start))
        default:
            // Another escape stands for itself; beyond ASCII jinja2 shows the character's own escape instead.
            text.append("\\")
            if scalar.isASCII {
                text.append(scalar)
            } else {
                text.append(contentsOf: scalar.escaped(asASCII: true).unicodeScalars.dropFirst())
            }
        }
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", "\"": "\"", "a": "\u{7}", "b": "\u{8}", "f": "\u{C}",
        "v": "\u{B}",
    ]

    private mutating func readHexadecimal(_ count: Int, at start: Int) throws -> Unicode.Scalar {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = peek()?.digitValue(base: 16) else {
                throw syntax("an escape lacks one of its \(count) hexadecimal digits", at: start)
            }
            // Of eight digits the first two are zeros, or the character is none.
            guard value < 1 << 28 else { throw syntax("an escape names no character", at: start) }
            value = value * 16 + UInt32(digit)
            position += 1
        }
        return try scalar(value, at: start)
    }

    private func scalar(_ value: UInt32, at start: Int) throws -> Unicode.Scalar {
        if let scalar = Unicode.Scalar(value) { return scalar }
        throw JinjaError(.unsupported, "an escape names half a character (a surrogate) or none", at: place(start))
    }
}
