/// Text brought to a width in code points. A width below the text's leaves it as it is.
enum Padding {
    static func left(_ text: String, _ width: Int, _ fill: Unicode.Scalar, _ budget: JinjaBudget) throws -> String {
        try budget.joined(text, missing(text, width, fill, budget))
    }

    static func right(_ text: String, _ width: Int, _ fill: Unicode.Scalar, _ budget: JinjaBudget) throws
        -> String
    {
        try budget.joined(missing(text, width, fill, budget), text)
    }

    /// Python's `str.center`: of an odd rest the larger half goes left where the width is odd.
    static func center(_ text: String, _ width: Int, _ fill: Unicode.Scalar, _ budget: JinjaBudget) throws
        -> String
    {
        try budget.charge(text)
        guard width > text.unicodeScalars.count else { return text }
        let rest = width - text.unicodeScalars.count
        let before = rest / 2 + (rest & width & 1)
        let start = try budget.joined(budget.repeated(String(fill), before), text)
        return try budget.joined(start, budget.repeated(String(fill), rest - before))
    }

    private static func missing(_ text: String, _ width: Int, _ fill: Unicode.Scalar, _ budget: JinjaBudget)
        throws -> String
    {
        try budget.charge(text)
        guard width > text.unicodeScalars.count else { return "" }
        return try budget.repeated(String(fill), width - text.unicodeScalars.count)
    }
}
