import JobReports

/// What a first look at a manifest came to, before it is queued.
package enum ManifestVerdict: Sendable, Codable, Equatable {
    /// `name` is the adapter's; `notify` names hooks, nil for all of them; `inputs` are the files and folders that the
    /// job will read, `stamp` the manifest's, `wishes` what it wants of the registry, where it wants something.
    case accepted(
        name: String, notify: [String]?, priority: Int = 0, inputs: [String] = [], stamp: String? = nil,
        wishes: RegistryWishes? = nil)
    /// One line a mistake.
    case rejected(diagnostics: [String])
}
