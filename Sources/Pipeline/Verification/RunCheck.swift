import Common
import Reports

/// One thing that `lorad verify` holds a published run to.
package struct RunCheck: Codable, Sendable, Equatable {
    /// In the order in which they are made; one that fails or cannot be made keeps those after it from being made.
    package enum Name: String, Codable, Sendable, CaseIterable {
        /// The folder holds exactly the files of `SHA256SUMS`.
        case checksums
        /// The provenance's statement is about these files, and a key that was named has signed them.
        case provenance
        /// report.json and manifest.yaml can be read, and the run succeeded.
        case run
        /// The base and its tokenizer have the hashes that the run was trained on.
        case base
        /// The adapter's file names that base, and fits it.
        case adapter
        /// Merged weights answer as base and adapter do, within the tolerance that the report states.
        case parity
        /// Base, adapter and merged weights write the texts that the report holds.
        case texts
        /// The adapter moves the base's logits as far as the report says.
        case update
    }

    /// How a check came out.
    package enum Status: String, Codable, Sendable {
        case passed
        case failed
        case notChecked = "not_checked"
    }

    package let name: Name
    package let status: Status
    /// One sentence with the figures.
    package let detail: String
}

/// What `lorad verify` found.
package struct RunVerdict: Encodable, Sendable {
    package let runFolder: String
    package let passed: Bool
    /// The first thing found wrong, which decides the exit status: `failed` for a run that failed or does not answer as
    /// its report says, `data` for files that are not the published ones or another base, `missing` where the base is
    /// not here.
    package let fault: FaultCategory?
    package let checks: [RunCheck]
    /// As measured now; nil where it was not.
    package let parity: ParityReport?

    enum CodingKeys: String, CodingKey {
        case passed, fault, checks, parity
        case runFolder = "run_dir"
    }
}
