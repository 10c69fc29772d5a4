/// Pass and fail, in words and a sign, never by colour alone.
package enum Verdict {
    package static func badge(_ passed: Bool) -> HTML {
        passed
            ? "<span class=\"badge pass\">✓ passed</span>" : "<span class=\"badge fail\">✗ failed</span>"
    }
}
