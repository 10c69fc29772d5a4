/// The adapter that this one went on from.
package struct ParentProvenance: Codable, Sendable, Equatable {
    /// As the manifest names it.
    package var initFrom: String
    /// Its folder when the job began.
    package var path: String
    /// SHA-256 of its `adapter_model.safetensors`.
    package var sha256: String

    /// What an adapter went on from.
    package init(initFrom: String, path: String, sha256: String) {
        self.initFrom = initFrom
        self.path = path
        self.sha256 = sha256
    }

    private enum CodingKeys: String, CodingKey {
        case path, sha256
        case initFrom = "init_from"
    }
}
