import ForeignText
import Foundation
import Ledger

/// A tag of a version, as it stands.
package struct VersionTag: Sendable, Equatable {
    package let key: String
    /// Nil for a tag that is only there or not.
    package let value: String?
    package let date: Date
    package let by: String

    /// Bytes of the longest value.
    static let longestValue = 256
    /// Tags of one version.
    static let most = 64

    /// The tags that remarks on a version leave, by their keys.
    static func standing(_ remarks: [VersionRemark]) -> [VersionTag] {
        var tags: [String: VersionTag] = [:]
        for remark in remarks {
            guard let key = remark.key else { continue }
            tags[key] =
                remark.kind == .tag
                ? VersionTag(key: key, value: remark.text, date: remark.date, by: remark.by) : nil
        }
        return tags.values.sorted { $0.key < $1.key }
    }

    /// Reads `KEY` or `KEY=VALUE`.
    ///
    /// - Throws: `RegistryError.malformed`.
    package static func parse(_ text: String) throws -> (key: String, value: String?) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count == 2 ? parts[1] : nil
        guard let key = parts.first, isKey(key) else {
            throw RegistryError(
                .malformed, "\(ForeignText.quoted(text, limit: 120)) is no tag.",
                advice: "Write KEY or KEY=VALUE; a key is 1 to 64 of a-z, 0-9, '.', '_' and '-', and begins with a "
                    + "letter.")
        }
        if let value, value.isEmpty || value.utf8.count > longestValue || value.contains(where: \.isNewline) {
            throw RegistryError(
                .malformed,
                "A tag's value is one line of 1 to \(longestValue) bytes; this one has \(value.utf8.count).",
                advice: "`lorad registry note` takes more.")
        }
        return (key, value)
    }

    static func isKey(_ text: String) -> Bool { text.wholeMatch(of: /[a-z][a-z0-9._-]{0,63}/) != nil }
}
