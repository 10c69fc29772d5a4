import ForeignText
import Manifests

/// What an alias may be called.
package enum AliasName {
    /// The one that serves, where nothing else is said.
    package static let champion = "champion"
    /// Where `champion` led before its last move; it follows by itself.
    package static let previous = "previous"
    /// A run that passed and was not promoted: it waits for somebody to judge it.
    package static let candidate = "candidate"
    /// No alias: the bare base.
    package static let base = VersionReference.base

    /// - Throws: `RegistryError.malformed` for a text that is no alias, or one that nobody moves by hand.
    static func requireMovable(_ text: String) throws {
        guard VersionReference.isAlias(text) else {
            throw RegistryError(
                .malformed, "\(ForeignText.quoted(text, limit: 80)) is no alias.",
                advice: "An alias is 1 to 64 of a-z, 0-9 and -, begins with a letter, and is none of "
                    + VersionReference.reservedAliases.joined(separator: ", ") + ".")
        }
        guard text != previous else {
            throw RegistryError(
                .malformed, "\(previous) is where \(champion) led before; it follows by itself.",
                advice: "`lorad registry rollback NAME` goes there.")
        }
    }
}
