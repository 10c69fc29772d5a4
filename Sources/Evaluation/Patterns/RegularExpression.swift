import Foundation

/// A regular expression with bounded work, in ICU's dialect (https://unicode-org.github.io/icu/userguide/strings/regexp.html).
///
/// It may match anywhere in the text; `^` and `$` anchor it. A backtracking matcher can take time exponential in the
/// text, so both the text and the matcher's steps are limited: a job's prompts must not be able to hang the worker.
package struct RegularExpression: Equatable, Sendable {
    /// Why a text could not be matched.
    package enum Failure: Error, Equatable {
        case textTooLong(limit: Int)
        case tooManySteps
    }

    /// The longest text that is searched, in UTF-16 units.
    package static let maximumText = 32_768
    /// How often ICU may report progress, which it does about every 10,000 steps: half a second or so. Patterns that
    /// backtrack without end were seen to fill ICU's stack after 2,700 reports, upon which it ends without a word, as if
    /// nothing matched; giving up earlier tells the two apart.
    private static let maximumReports = 2_000

    package let pattern: String
    private let expression: NSRegularExpression

    /// nil where `pattern` is not a regular expression.
    package init?(_ pattern: String) {
        guard let expression = try? NSRegularExpression(pattern: pattern) else { return nil }
        self.pattern = pattern
        self.expression = expression
    }

    package static func == (left: RegularExpression, right: RegularExpression) -> Bool {
        left.pattern == right.pattern
    }

    /// Whether it matches somewhere in `text`; throws `Failure` where that is more work than is allowed.
    package func matches(_ text: String) throws -> Bool {
        let range = NSRange(text.startIndex..., in: text)
        guard range.length <= Self.maximumText else { throw Failure.textTooLong(limit: Self.maximumText) }
        var reports = 0
        var found = false
        expression.enumerateMatches(in: text, options: .reportProgress, range: range) { match, _, stop in
            found = match != nil
            reports += 1
            if found || reports > Self.maximumReports { stop.pointee = true }
        }
        guard found || reports <= Self.maximumReports else { throw Failure.tooManySteps }
        return found
    }
}
