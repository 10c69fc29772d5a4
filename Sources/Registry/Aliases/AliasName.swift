import ForeignText

/// What an alias may be called.
package enum AliasName {
    /// The one that serves, where nothing else is said.
    package static let champion = "champion"
    /// Where `champion` led before its last move; it follows by itself.
    package static let previous = "previous"
    /// No alias: the bare base.
    package static let base = "base"
    /// What has a meaning of its own in an outbox.
    private static let reserved = [base, "latest", "rejected"]

    package static func isAlias(_ text: String) -> Bool {
        text.wholeMatch(of: /[a-z][a-z0-9-]{0,63}/) != nil && !reserved.contains(text)
    }

    /// - Throws: `RegistryError.malformed` for a text that is no alias, or one that nobody moves by hand.
    static func requireMovable(_ text: String) throws {
        guard isAlias(text) else {
            throw RegistryError(
                .malformed, "\(ForeignText.quoted(text, limit: 80)) is no alias.",
                advice: "An alias is 1 to 64 of a-z, 0-9 and -, begins with a letter, and is none of "
                    + reserved.joined(separator: ", ") + ".")
        }
        guard text != previous else {
            throw RegistryError(
                .malformed, "\(previous) is where \(champion) led before; it follows by itself.",
                advice: "`lorad registry rollback NAME` goes there.")
        }
    }
}
