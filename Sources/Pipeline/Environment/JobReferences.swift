/// A version of the registry, as it was found when a job began.
package struct ServedVersion: Codable, Sendable, Equatable {
    /// `tickets@16`.
    package let reference: String
    /// Its number.
    package let number: Int
    package let folder: String
    /// SHA-256 of its `SHA256SUMS`.
    package let sha256: String
    /// Of the base that it was made for, and of that one's tokenizer.
    package let baseSHA256: String
    package let tokenizerSHA256: String

    package init(
        reference: String, number: Int, folder: String, sha256: String, baseSHA256: String, tokenizerSHA256: String
    ) {
        self.reference = reference
        self.number = number
        self.folder = folder
        self.sha256 = sha256
        self.baseSHA256 = baseSHA256
        self.tokenizerSHA256 = tokenizerSHA256
    }

    private enum CodingKeys: String, CodingKey {
        case reference, number, folder, sha256
        case baseSHA256 = "base_sha256"
        case tokenizerSHA256 = "tokenizer_sha256"
    }
}

/// Where the registry led when a job began: what the run is held against, and what its adapter goes on from. It is found
/// once a job, outside the process that works on it; later attempts go by it, wherever aliases lead by then.
package struct JobReferences: Codable, Sendable, Equatable {
    /// The version of this value's form.
    package var version = 1
    /// Nil where the alias led to the bare base, or nowhere.
    package var champion: ServedVersion?
    /// Where `champion` led: 0 to the base, nil nowhere.
    package var championNumber: Int?
    package var previous: ServedVersion?
    /// What `adapter.init_from` names, where that is a reference.
    package var parent: ServedVersion?
    /// Why there is no such version, a sentence a line.
    package var parentFault: [String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case version, champion, previous, parent
        case championNumber = "champion_number"
        case parentFault = "parent_fault"
    }
}
