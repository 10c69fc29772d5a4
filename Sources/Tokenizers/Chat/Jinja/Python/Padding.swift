/// Text brought to a width in code points. A width below the text's leaves it as it is.
enum Padding {
    static func left(_ text: String, _ width: Int, _ fill: Unicode.Scalar, _ evaluator: JinjaEvaluator) throws -> String
    {
        try evaluator.joined(text, missing(text, width, fill, evaluator))
    }

    static func right(_ text: String, _ width: Int, _ fill: Unicode.Scalar, _ evaluator: JinjaEvaluator) throws
        -> String
    {
        try evaluator.joined(missing(text, width, fill, evaluator), text)
    }

    /// Python's `str.center`: of an odd rest the larger half goes left where the width is odd.
    static func center(_ text: String, _ width: Int, _ fill: Unicode.Scalar, _ evaluator: JinjaEvaluator) throws
        -> String
    {
        try evaluator.charge(text)
        guard width > text.unicodeScalars.count else { return text }
        let rest = width - text.unicodeScalars.count
        let before = rest / 2 + (rest & width & 1)
        let start = try evaluator.joined(evaluator.repeated(String(fill), before), text)
        return try evaluator.joined(start, evaluator.repeated(String(fill), rest - before))
    }

    private static func missing(_ text: String, _ width: Int, _ fill: Unicode.Scalar, _ evaluator: JinjaEvaluator)
        throws -> String
    {
        try evaluator.charge(text)
        guard width > text.unicodeScalars.count else { return "" }
        return try evaluator.repeated(String(fill), width - text.unicodeScalars.count)
    }
}
