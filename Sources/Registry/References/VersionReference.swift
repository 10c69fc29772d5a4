import Common
import ForeignText
import Manifests

/// What stands for an adapter's folder: `sentiment@17`, `sentiment@champion`, `sentiment@sha256:0f3a…`.
package struct VersionReference: Sendable, Equatable {
    package enum Selector: Sendable, Equatable {
        case number(Int)
        /// Where an alias leads; `base` is the bare base.
        case alias(String)
        /// The first digits of the SHA-256 of the run's `SHA256SUMS`.
        case digest(String)
    }

    package let name: String
    package let selector: Selector

    package init(name: String, _ selector: Selector) {
        self.name = name
        self.selector = selector
    }

    /// Whether a text is meant as one. A folder whose name has an @ is written with a slash: `./a@b`.
    package static func isMeant(by text: String) -> Bool { text.contains("@") && !text.contains("/") }

    /// - Throws: `RegistryError.malformed` saying what was found and what a reference looks like.
    package init(_ text: String) throws {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, FolderName.fits(parts[0]) else {
            throw Self.malformed(text)
        }
        name = parts[0]
        let digest = "sha256:"
        if parts[1].hasPrefix(digest) {
            let digits = parts[1].dropFirst(digest.count).lowercased()
            guard digits.wholeMatch(of: /[0-9a-f]{8,64}/) != nil else { throw Self.malformed(text) }
            selector = .digest(digits)
        } else if parts[1].first?.isNumber == true {
            guard let number = Int(parts[1]), number > 0, String(number) == parts[1] else { throw Self.malformed(text) }
            selector = .number(number)
        } else {
            guard AliasName.isAlias(parts[1]) || parts[1] == AliasName.base else { throw Self.malformed(text) }
            selector = .alias(parts[1])
        }
    }

    private static func malformed(_ text: String) -> RegistryError {
        RegistryError(
            .malformed, "\(ForeignText.quoted(text, limit: 120)) is no reference to a version.",
            advice: "Write NAME@NUMBER, NAME@ALIAS, or NAME@sha256: and at least 8 digits of the digest.")
    }
}
