import Foundation

/// What tells the nights of one name apart: `20261124t0200z`, a manifest's `stamp`.
package enum Stamp {
    /// To the minute, in UTC: no hour of it is repeated or skipped.
    package static func text(_ date: Date) -> String {
        let minute = Date(timeIntervalSince1970: (date.timeIntervalSince1970 / 60).rounded(.down) * 60)
        let text = minute.formatted(Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted))
        return text.replacing(/00Z$/, with: "z").lowercased()
    }

    /// `nightly-20261124t0200z` for `nightly`.
    package static func name(_ name: String, stamp: String) -> String { name + "-" + stamp }

    /// Whether a text is a stamp.
    package static func isStamp(_ text: String) -> Bool { text.wholeMatch(of: /[0-9]{8}t[0-9]{4}z/) != nil }

    /// The name without the stamp that earlier lorads put at its end, and that stamp; nil where it has none.
    package static func parts(of name: String) -> (name: String, stamp: String)? {
        guard let match = name.wholeMatch(of: /(.+)-([0-9]{8}t[0-9]{4}z)/) else { return nil }
        return (String(match.1), String(match.2))
    }

    /// Whether `candidate` is `name` itself, or `name` with a stamp.
    package static func isStamped(_ candidate: String, from name: String) -> Bool {
        candidate == name || parts(of: candidate)?.name == name
    }

    /// The manifest's text with its stamp in it.
    ///
    /// - Throws: `ManifestsError` where the text has no place for a key.
    package static func apply(to text: String, file: String, at date: Date) throws -> String {
        let override = try Override("stamp=" + Self.text(date))
        return try Override.edit(bytes: Array(text.utf8), file: file, overrides: [override])
    }
}
