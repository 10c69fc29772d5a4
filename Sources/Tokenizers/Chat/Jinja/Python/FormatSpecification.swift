/// How one value is written into a format of braces:
/// `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`, read as CPython reads it.
/// https://docs.python.org/3/library/string.html#format-specification-mini-language
struct FormatSpecification {
    private var givenFill: Unicode.Scalar?
    private var givenAlignment: Unicode.Scalar?
    private var fillsWithZeros = false
    /// `+`, `-` or a space; nil where none is given.
    private(set) var sign: Unicode.Scalar?
    /// Whether a negative number that is written as zero loses its sign.
    private(set) var dropsSignOfZero = false
    private(set) var isAlternate = false
    private(set) var width = 0
    /// `,` or `_` between groups of digits.
    private(set) var grouping: Unicode.Scalar?
    private(set) var precision: Int?
    private(set) var type: Unicode.Scalar?

    /// - Throws: where the text is no such specification.
    init(_ text: String) throws {
        var rest = text.scalars[...]
        func skip(_ wanted: Unicode.Scalar) -> Bool {
            guard rest.first == wanted else { return false }
            rest.removeFirst()
            return true
        }
        let alignments = "<>=^".unicodeScalars
        if rest.count > 1, alignments.contains(rest[rest.startIndex + 1]) {
            givenFill = rest.removeFirst()
            givenAlignment = rest.removeFirst()
        } else if let first = rest.first, alignments.contains(first) {
            givenAlignment = rest.removeFirst()
        }
        if let first = rest.first, "+- ".unicodeScalars.contains(first) { sign = rest.removeFirst() }
        dropsSignOfZero = skip("z")
        isAlternate = skip("#")
        fillsWithZeros = givenFill == nil && skip("0")
        width = try Self.number(&rest) ?? 0
        if skip(",") { grouping = "," } else if skip("_") { grouping = "_" }
        guard grouping == nil || (rest.first != "," && rest.first != "_") else {
            throw JinjaError.runtime("Cannot specify both ',' and '_'.")
        }
        if skip(".") {
            guard let digits = try Self.number(&rest) else {
                throw JinjaError.runtime("Format specifier missing precision")
            }
            precision = digits
        }
        type = rest.popFirst()
        guard rest.isEmpty else { throw JinjaError.runtime("Invalid format specifier '\(text)'") }
        guard grouping == nil || mayBeGrouped else {
            throw JinjaError.runtime("Cannot specify a separator of groups with this type")
        }
    }

    private var mayBeGrouped: Bool {
        guard let type else { return true }
        return "defgEG%F".unicodeScalars.contains(type) || (grouping == "_" && "boxX".unicodeScalars.contains(type))
    }

    /// Digits at the beginning of `scalars`; nil where there are none.
    static func number(_ scalars: inout ArraySlice<Unicode.Scalar>) throws -> Int? {
        let digits = scalars.prefix(while: \.isASCIIDigit)
        scalars = scalars.dropFirst(digits.count)
        guard !digits.isEmpty else { return nil }
        let significant = digits.drop { $0 == "0" }
        guard significant.count < 10 else { throw JinjaError.limit("a format asks for too many characters") }
        return Int(String(scalars: significant)) ?? 0
    }

    // MARK: Layout

    var fill: Unicode.Scalar { givenFill ?? (fillsWithZeros ? "0" : " ") }

    /// - Parameter usual: what is usual for the value: `<` for text, `>` for numbers.
    func alignment(usual: Unicode.Scalar) -> Unicode.Scalar {
        givenAlignment ?? (fillsWithZeros && usual == ">" ? "=" : usual)
    }

    /// - Parameters:
    ///   - head: sign and base, which stand before a fill by `=`.
    ///   - usual: the alignment where none is given.
    func padded(_ head: String, _ body: String, usual: Unicode.Scalar, _ budget: JinjaBudget) throws -> String {
        let text = try budget.joined(head, body)
        let missing = width - text.unicodeScalars.count
        guard missing > 0 else { return text }
        func filling(_ count: Int) throws -> String { try budget.repeated(String(fill), count) }
        switch alignment(usual: usual) {
        case "<": return try budget.joined(text, filling(missing))
        case "=": return try budget.joined(head, budget.joined(filling(missing), body))
        case "^":
            let start = try budget.joined(filling(missing / 2), text)
            return try budget.joined(start, filling(missing - missing / 2))
        default: return try budget.joined(filling(missing), text)
        }
    }
}
