import Foundation

/// Something that was said of a version after it had been published.
package struct VersionRemark: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// `key` is set, to `text` where there is one.
        case tag
        /// `key` is taken away.
        case untag
        /// `text` is to be remembered.
        case note
        /// It came from `text`.
        case imported
        /// An imported version passed parity on its base.
        case verified
        /// Its files were removed, by retention or `prune`.
        case removed
    }

    /// The version's number.
    package let number: Int
    package let kind: Kind
    package let key: String?
    package let text: String?
    package let date: Date
    /// Who said it: a user of the machine, or lorad itself.
    package let by: String
}

/// A remark that is to be made.
package struct NewRemark: Sendable, Equatable {
    let kind: VersionRemark.Kind
    let key: String?
    let text: String?

    package init(_ kind: VersionRemark.Kind, key: String? = nil, text: String? = nil) {
        (self.kind, self.key, self.text) = (kind, key, text)
    }
}
