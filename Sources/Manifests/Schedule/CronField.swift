/// One of the five fields of a cron expression, crontab(5): the numbers it matches.
package struct CronField: Sendable, Equatable {
    /// What a field may hold.
    struct Rule: Sendable {
        let name: String
        let range: ClosedRange<Int>
        /// The first stands for the range's lower bound.
        var words: [String] = []
        /// A second spelling of 0: 7 for Sunday.
        var alsoZero: Int?
    }

    /// Bit n is set where n matches.
    private var bits: UInt64 = 0
    /// Whether the field begins with `*`.
    package let beginsWithStar: Bool

    /// Whether the field matches this number.
    package func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }

    /// The numbers it matches, rising.
    package var numbers: [Int] { (0..<64).filter(contains) }

    /// Reads a list of `*`, `n`, `a-b`, each but `n` with an optional `/step`.
    init(_ text: String, _ rule: Rule) throws(CronMistake) {
        beginsWithStar = text.hasPrefix("*")
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            for number in try Self.numbers(String(part), rule) {
                bits |= 1 << UInt64(number == rule.alsoZero ? 0 : number)
            }
        }
    }

    private static func numbers(_ part: String, _ rule: Rule) throws(CronMistake) -> StrideThrough<Int> {
        let pieces = part.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let bounds: ClosedRange<Int>
        if pieces[0] == "*" {
            bounds = rule.range
        } else {
            let ends = pieces[0].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard ends.count <= 2 else { throw CronMistake("\(rule.name) '\(part)' is not a range such as 1-5") }
            let first = try number(ends[0], rule)
            let last = ends.count == 2 ? try number(ends[1], rule) : first
            guard first <= last else {
                throw CronMistake("\(rule.name) '\(part)' runs backwards; write it as two, such as 22-23,0-4")
            }
            if pieces.count > 1, ends.count == 1 {
                throw CronMistake(
                    "\(rule.name) '\(part)' has a step without a range; write \(ends[0])-\(rule.range.upperBound)/\(pieces[1])"
                )
            }
            bounds = first...last
        }
        guard pieces.count > 1 else { return stride(from: bounds.lowerBound, through: bounds.upperBound, by: 1) }
        guard pieces.count == 2, let step = digits(pieces[1]), step > 0 else {
            throw CronMistake("\(rule.name) '\(part)' has no step such as /15")
        }
        // As long as the whole range is once a round, `*/60`; beyond it somebody means what cron cannot do.
        guard step <= bounds.count else {
            throw CronMistake(
                "\(rule.name) '\(part)' has a step longer than its range of \(bounds.count), so it would match "
                    + "\(bounds.lowerBound) alone; write \(bounds.lowerBound) if that is meant")
        }
        return stride(from: bounds.lowerBound, through: bounds.upperBound, by: step)
    }

    private static func number(_ text: String, _ rule: Rule) throws(CronMistake) -> Int {
        if let index = rule.words.firstIndex(of: text.lowercased()) { return rule.range.lowerBound + index }
        guard let number = digits(text) else {
            let words = rule.words.isEmpty ? "" : " or \(rule.words[0]) … \(rule.words[rule.words.count - 1])"
            throw CronMistake("\(rule.name) '\(text)' is not a number\(words)")
        }
        guard rule.range.contains(number) else {
            throw CronMistake("\(rule.name) \(number) is not in \(rule.range.lowerBound)-\(rule.range.upperBound)")
        }
        return number
    }

    /// `Int` would take a sign as well.
    private static func digits(_ text: String) -> Int? {
        (1...4).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }
}

/// Why a text is not a cron expression.
package struct CronMistake: Error, Equatable {
    /// What is wrong, to follow the key's name.
    package let message: String

    init(_ message: String) { self.message = message }
}
