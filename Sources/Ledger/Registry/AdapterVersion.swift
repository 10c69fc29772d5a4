import Foundation

/// A run that was published and succeeded, by a number that it keeps for ever.
package struct AdapterVersion: Sendable, Equatable {
    /// The adapter's name.
    package let name: String
    /// From 1, in the order in which the runs were found.
    package let number: Int
    /// The run's folder, as a path from the outbox: `NAME/RUN`.
    package let run: String
    /// SHA-256 of the run's `SHA256SUMS`, which has that of every other file.
    package let digest: String
    /// The content hash of the base that it was trained on.
    package let baseSHA256: String
    /// That base's tokenizer's.
    package let tokenizerSHA256: String
    package let publishedAt: Date
    /// When somebody said that it must not be used any more.
    package let retirement: Retirement?
    package let standing: Standing

    /// What is known of how its merged weights answer.
    package enum Standing: String, Sendable {
        /// lorad trained it, and proved it before it was published.
        case published
        /// It was imported, and nothing is proven.
        case unverified
        /// It was imported, and has passed parity on its base.
        case verified
    }

    package struct Retirement: Sendable, Equatable {
        package let date: Date
        package let reason: String
    }

    /// - Parameters: as the properties.
    package init(
        name: String, number: Int, run: String, digest: String, baseSHA256: String, tokenizerSHA256: String,
        publishedAt: Date, retirement: Retirement? = nil, standing: Standing = .published
    ) {
        self.name = name
        self.number = number
        self.run = run
        self.digest = digest
        self.baseSHA256 = baseSHA256
        self.tokenizerSHA256 = tokenizerSHA256
        self.publishedAt = publishedAt
        self.retirement = retirement
        self.standing = standing
    }

    /// `NAME@NUMBER`.
    package var reference: String { "\(name)@\(number)" }
}

/// A run that is to become a version.
package struct NewVersion: Sendable, Equatable {
    package let run: String
    let digest: String
    let baseSHA256: String
    let tokenizerSHA256: String
    let publishedAt: Date
    /// Where it was imported from, and by whom; nil where lorad trained it.
    let importation: Importation?

    package struct Importation: Sendable, Equatable {
        let source: String
        let by: String

        package init(source: String, by: String) { (self.source, self.by) = (source, by) }
    }

    /// - Parameters: as of `AdapterVersion`.
    package init(
        run: String, digest: String, baseSHA256: String, tokenizerSHA256: String, publishedAt: Date,
        importation: Importation? = nil
    ) {
        self.run = run
        self.digest = digest
        self.baseSHA256 = baseSHA256
        self.tokenizerSHA256 = tokenizerSHA256
        self.publishedAt = publishedAt
        self.importation = importation
    }
}
