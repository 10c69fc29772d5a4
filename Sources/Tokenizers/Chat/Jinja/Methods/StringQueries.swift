/// Methods of `str` that ask something of it.
enum StringQueries {
    static let all: [String: JinjaMethod] = [
        "startswith": fixed(atEnd: false), "endswith": fixed(atEnd: true),
        "find": find(last: false, mustBe: false), "rfind": find(last: true, mustBe: false),
        "index": find(last: false, mustBe: true), "rindex": find(last: true, mustBe: true), "count": count,
        "isalnum": every(\.isAlphanumeric), "isalpha": every(\.isLetter), "isspace": every(\.isPythonSpace),
        "isdecimal": every { $0.properties.numericType == .decimal },
        "isdigit": every { $0.properties.numericType == .decimal || $0.properties.numericType == .digit },
        "isnumeric": every { $0.properties.numericType != nil },
        "isascii": asking { $0.utf8.allSatisfy { $0 < 0x80 } },
        "isprintable": asking { $0.unicodeScalars.allSatisfy(\.isPrintable) },
        "isidentifier": asking { PythonText.isIdentifier($0.unicodeScalars) },
        "islower": asking(PythonText.isLower), "isupper": asking(PythonText.isUpper),
        "istitle": asking(PythonText.isTitle),
    ]

    private static func asking(_ holds: @escaping @Sendable (String) -> Bool) -> JinjaMethod {
        { value, budget, call in
            _ = try call.bound()
            let text = try value.asString()
            try budget.charge(text)
            return .bool(holds(text))
        }
    }

    /// Of a text with at least one character.
    private static func every(_ holds: @escaping @Sendable (Unicode.Scalar) -> Bool) -> JinjaMethod {
        asking { !$0.isEmpty && $0.unicodeScalars.allSatisfy(holds) }
    }

    /// The part of the text that `start` and `end` leave; nil where it begins after the text's end.
    private static func range(_ arguments: JinjaCall.Bound, _ count: Int) throws -> Range<Int>? {
        let start = try arguments.given(1)?.asIndex() ?? 0
        let end = Bounds.clamped(try arguments.given(2)?.asIndex() ?? count, count)
        guard start <= count else { return nil }
        let first = Bounds.clamped(start, count)
        return first <= end ? first..<end : nil
    }

    private static func fixed(atEnd: Bool) -> JinjaMethod {
        { value, budget, call in
            try call.refuseKeywords()
            let arguments = try call.bound("prefix", "start", "end", required: 1)
            let text = try StringMethods.scalars(value, budget)
            var parts = [arguments[0] ?? .none]
            if case .tuple(let sequence) = parts[0] { parts = sequence.elements }
            let range = try range(arguments, text.count)
            for part in parts {
                guard let prefix = part.string else {
                    throw JinjaError.runtime("first arg must be str or a tuple of str, not \(part.typeName)")
                }
                let part = try budget.checked(prefix).scalars
                guard let range, part.count <= range.count else { continue }
                let place = atEnd ? text[range].suffix(part.count) : text[range].prefix(part.count)
                if place.elementsEqual(part) { return .bool(true) }
            }
            return .bool(false)
        }
    }

    private static func find(last: Bool, mustBe: Bool) -> JinjaMethod {
        { value, budget, call in
            try call.refuseKeywords()
            let arguments = try call.bound("sub", "start", "end", required: 1)
            let text = try StringMethods.scalars(value, budget)
            let part = try StringMethods.scalars(arguments[0] ?? .none, budget)
            let found = try range(arguments, text.count).flatMap { range in
                last ? PythonText.findLast(part, in: text, range) : PythonText.find(part, in: text, range)
            }
            guard found != nil || !mustBe else { throw JinjaError.runtime("substring not found") }
            return .int(found ?? -1)
        }
    }

    private static let count: JinjaMethod = { value, budget, call in
        try call.refuseKeywords()
        let arguments = try call.bound("sub", "start", "end", required: 1)
        let text = try StringMethods.scalars(value, budget)
        let part = try StringMethods.scalars(arguments[0] ?? .none, budget)
        guard let range = try range(arguments, text.count) else { return .int(0) }
        return .int(PythonText.count(part, in: text, range))
    }
}
