/// Python's `text % values`.
enum PercentFormat {
    static func format(
        _ value: JinjaValue, _ text: String, _ arguments: JinjaValue, _ evaluator: JinjaEvaluator
    ) throws -> JinjaValue {
        var formatter = Formatter(value: value, rest: text.scalars[...], arguments: arguments, evaluator: evaluator)
        return value.derived(try formatter.format())
    }

    private struct Formatter {
        let value: JinjaValue
        var rest: ArraySlice<Unicode.Scalar>
        let arguments: JinjaValue
        let evaluator: JinjaEvaluator
        var used = 0
        var usedByName = false

        private var isMarked: Bool { if case .markup = value { true } else { false } }

        mutating func format() throws -> String {
            var output = String.UnicodeScalarView()
            while let scalar = rest.popFirst() {
                if scalar == "%" {
                    let part = try conversion()
                    try evaluator.charge(bytes: part.utf8.count)
                    output.append(contentsOf: part.unicodeScalars)
                } else {
                    output.append(scalar)
                }
                try evaluator.charge(1)
            }
            let text = String(output)
            try evaluator.checkSize(text.utf8.count)
            try checkAllUsed()
            return text
        }

        private func checkAllUsed() throws {
            switch arguments {
            case .tuple(let sequence) where used < sequence.elements.count: break
            // What has keys or elements may be left alone.
            case .tuple, .dictionary, .list, .range, .view, .undefined: return
            default: if used > 0 || usedByName { return }
            }
            throw JinjaError.runtime("not all arguments converted during string formatting")
        }

        private mutating func next() throws -> JinjaValue {
            defer { used += 1 }
            if case .tuple(let sequence) = arguments {
                guard used < sequence.elements.count else { throw tooFew }
                return sequence.elements[used]
            }
            guard used == 0 else { throw tooFew }
            return arguments
        }

        private var tooFew: JinjaError { .runtime("not enough arguments for format string") }

        /// What stands after a percent sign.
        private mutating func conversion() throws -> String {
            var named: JinjaValue?
            if rest.first == "(" { named = try self.named() }
            var specification = FormatSpecification()
            var (isLeft, isZero) = (false, false)
            while let flag = rest.first, "-+ #0".unicodeScalars.contains(flag) {
                rest.removeFirst()
                switch flag {
                case "-": isLeft = true
                case "+": specification.sign = "+"
                case " ": if specification.sign != "+" { specification.sign = " " }
                case "#": specification.isAlternate = true
                default: isZero = true
                }
            }
            if let width = try number() {
                specification.width = Int(exactly: width.magnitude) ?? 0
                isLeft = isLeft || width < 0
            }
            if rest.first == "." {
                rest.removeFirst()
                specification.precision = max(0, try number() ?? 0)
            }
            if let modifier = rest.first, "hlL".unicodeScalars.contains(modifier) { rest.removeFirst() }
            guard let type = rest.popFirst() else { throw JinjaError.runtime("incomplete format") }
            specification.alignment = isLeft ? "<" : isZero ? "=" : ">"
            if isZero, !isLeft { specification.fill = "0" }
            if type == "%" { return "%" }
            return try written(try named ?? next(), type, specification)
        }

        private mutating func named() throws -> JinjaValue {
            rest.removeFirst()
            var (name, open) = (String.UnicodeScalarView(), 1)
            while let scalar = rest.popFirst() {
                open += scalar == "(" ? 1 : scalar == ")" ? -1 : 0
                if open == 0 { break }
                name.append(scalar)
            }
            guard open == 0 else { throw JinjaError.runtime("incomplete format key") }
            guard case .dictionary(let dictionary) = arguments else {
                throw JinjaError.runtime("format requires a mapping")
            }
            usedByName = true
            guard let value = dictionary.value(named: String(name)) else {
                throw JinjaError.runtime("KeyError: \(PythonText.quoted(String(name)))")
            }
            return value
        }

        /// Digits, or a star for the next argument.
        private mutating func number() throws -> Int? {
            guard rest.first == "*" else { return try FormatSpecification.number(&rest) }
            rest.removeFirst()
            guard case .int(let value) = try next() else { throw JinjaError.runtime("* wants int") }
            return value
        }

        private func written(_ value: JinjaValue, _ type: Unicode.Scalar, _ given: FormatSpecification) throws -> String
        {
            var specification = given
            switch type {
            case "s", "r", "a", "c":
                // Flags of numbers are passed over; zeros do not fill text.
                (specification.sign, specification.isAlternate, specification.fill) = ("-", false, " ")
                if specification.alignment == "=" { specification.alignment = ">" }
                specification.type = "s"
                if type == "c" { specification.precision = nil }
                return try specification.format(.text(try text(value, type)), evaluator)
            case "d", "i", "u", "x", "X", "o": return try integer(value, type, specification)
            case "e", "E", "f", "F", "g", "G":
                guard let number = value.number else {
                    if case .undefined(let undefined) = value { throw undefined.error }
                    throw JinjaError.runtime("must be real number, not \(value.typeName)")
                }
                specification.type = type
                return try specification.format(.float(number), evaluator)
            default: throw JinjaError.runtime("unsupported format character '\(type)'")
            }
        }

        private func text(_ value: JinjaValue, _ type: Unicode.Scalar) throws -> String {
            switch type {
            case "s": return isMarked ? try Markup.escaped(value, evaluator) : try value.written(evaluator)
            case "r":
                let text = try value.represented(evaluator)
                return isMarked ? Markup.escape(text) : text
            case "c":
                if let scalar = value.integer.flatMap({ UInt32(exactly: $0) }).flatMap(Unicode.Scalar.init) {
                    return String(scalar)
                }
                guard let text = value.string, text.unicodeScalars.count == 1 else {
                    throw JinjaError.runtime("%c requires an int or a unicode character")
                }
                return text
            default: throw JinjaError.unsupported("the format '%a' is not supported")
            }
        }

        private func integer(_ value: JinjaValue, _ type: Unicode.Scalar, _ given: FormatSpecification) throws -> String
        {
            var specification = given
            if case .undefined(let undefined) = value { throw undefined.error }
            var number = value.integer
            if number == nil, case .float(let float) = value, "diu".unicodeScalars.contains(type) {
                guard float.isFinite else { throw JinjaError.runtime("cannot convert float to integer") }
                guard let whole = Int(exactly: float.rounded(.towardZero)) else { throw PythonNumber.overflow }
                number = whole
            }
            guard let number else {
                throw JinjaError.runtime("%\(type) format: a real number is required, not \(value.typeName)")
            }
            guard specification.precision == nil else {
                throw JinjaError.unsupported("a precision of an integer is not supported")
            }
            specification.type = "diu".unicodeScalars.contains(type) ? "d" : type
            return try specification.format(.int(number), evaluator)
        }
    }
}
