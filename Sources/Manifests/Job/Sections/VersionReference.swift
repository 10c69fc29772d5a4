/// What stands for a version of an adapter: `sentiment@17`, `sentiment@champion`, `sentiment@sha256:0f3a…`.
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

    /// What one looks like, for whoever wrote something else.
    package static let shape = "NAME@NUMBER, NAME@ALIAS, or NAME@sha256: and at least 8 digits of the digest"

    /// No alias: the bare base.
    package static let base = "base"
    /// What has a meaning of its own in an outbox, and is no alias.
    package static let reservedAliases = [base, "latest", "rejected"]

    package static func isAlias(_ text: String) -> Bool {
        text.wholeMatch(of: /[a-z][a-z0-9-]{0,63}/) != nil && !reservedAliases.contains(text)
    }

    /// Nil for a text that is none.
    package init?(reading text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, FolderName.fits(parts[0]) else { return nil }
        name = parts[0]
        let digest = "sha256:"
        if parts[1].hasPrefix(digest) {
            let digits = parts[1].dropFirst(digest.count).lowercased()
            guard digits.wholeMatch(of: /[0-9a-f]{8,64}/) != nil else { return nil }
            selector = .digest(digits)
        } else if parts[1].first?.isNumber == true {
            guard let number = Int(parts[1]), number > 0, String(number) == parts[1] else { return nil }
            selector = .number(number)
        } else {
            guard Self.isAlias(parts[1]) || parts[1] == Self.base else { return nil }
            selector = .alias(parts[1])
        }
    }
}
