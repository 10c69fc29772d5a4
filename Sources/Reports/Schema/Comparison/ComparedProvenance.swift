/// A published adapter that a run was held against on the same rows: an entry of `compared` in the provenance.
package struct ComparedProvenance: Codable, Sendable, Equatable {
    /// `parent`, `champion` or `previous`, when the job began.
    package var role: String
    /// What it was named by, such as `tickets@16`.
    package var reference: String
    /// Its folder then.
    package var path: String
    /// SHA-256 of its `adapter_model.safetensors`.
    package var sha256: String

    /// An adapter in its role.
    package init(role: String, reference: String, path: String, sha256: String) {
        self.role = role
        self.reference = reference
        self.path = path
        self.sha256 = sha256
    }
}
