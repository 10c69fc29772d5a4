import Foundation
import Ledger

/// A name whose adapter was trained on other bytes than its base has now, `lorad registry outdated --json`.
package struct OutdatedAnswer: Encodable {
    package let name: String
    package let reference: String
    package let aliases: [String]
    /// Of the base that it was trained on.
    package let baseSHA256: String
    package let publishedAt: Date
    /// A later version that is for the base as it is now.
    package let successor: String?
    /// The manifest of the name's last run.
    package let manifest: String?
    /// With `--enqueue`: `submitted`, `repeated`, or `left`, and then why.
    package var status: String?
    package var job: String?
    /// Where a submitted manifest lies until a worker takes it.
    package var path: String?
    package var why: String?

    private enum CodingKeys: String, CodingKey {
        case name, reference, aliases, successor, manifest, status, job, path, why
        case baseSHA256 = "base_sha256"
        case publishedAt = "published_at"
    }

    /// - Parameters: as the properties.
    package init(_ version: AdapterVersion, aliases: [String], successor: AdapterVersion?, manifest: String?) {
        name = version.name
        reference = version.reference
        self.aliases = aliases
        baseSHA256 = version.baseSHA256
        publishedAt = version.publishedAt
        self.successor = successor?.reference
        self.manifest = manifest
    }
}

/// The whole of `lorad registry outdated --json`.
package struct OutdatedListAnswer: Encodable {
    /// As it was named.
    package let base: String
    /// As it is now.
    package let baseSHA256: String
    package let adapters: [OutdatedAnswer]

    private enum CodingKeys: String, CodingKey {
        case base, adapters
        case baseSHA256 = "base_sha256"
    }

    package init(base: String, sha256: String, adapters: [OutdatedAnswer]) {
        (self.base, baseSHA256, self.adapters) = (base, sha256, adapters)
    }
}
