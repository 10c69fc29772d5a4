/// Text brought to a width.
enum Padding {
    static func left(_ text: String, _ width: Int, _ fill: Unicode.Scalar, _ evaluator: JinjaEvaluator) throws -> String
    {
        text + (try missing(text, width, fill, evaluator))
    }

    static func right(_ text: String, _ width: Int, _ fill: Unicode.Scalar, _ evaluator: JinjaEvaluator) throws
        -> String
    {
        try missing(text, width, fill, evaluator) + text
    }

    /// Python's `str.center`: of an odd rest the larger half goes left where the width is odd.
    static func center(_ text: String, _ width: Int, _ fill: Unicode.Scalar, _ evaluator: JinjaEvaluator) throws
        -> String
    {
        let rest = width.subtractingReportingOverflow(text.unicodeScalars.count).partialValue
        guard width > 0, rest > 0 else { return text }
        let before = rest / 2 + (rest & width & 1)
        let fill = String(fill)
        return try evaluator.repeated(fill, before) + text + evaluator.repeated(fill, rest - before)
    }

    private static func missing(_ text: String, _ width: Int, _ fill: Unicode.Scalar, _ evaluator: JinjaEvaluator)
        throws
        -> String
    {
        guard width > 0 else { return "" }
        return try evaluator.repeated(String(fill), width - text.unicodeScalars.count)
    }
}
