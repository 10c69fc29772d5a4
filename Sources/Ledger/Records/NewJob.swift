import JobReports

/// A manifest about to enter the ledger.
package struct NewJob: Sendable {
    package var id: String
    package var name: String
    package var manifestFile: String
    package var manifestText: String
    package var manifestSHA256: String
    package var notify: [String]?
    package var priority = 0
    /// The user whose file the manifest was.
    package var owner: UInt32?
    /// The manifest's `stamp`.
    package var stamp: String?
    /// What the manifest wants of the registry.
    package var wishes: RegistryWishes?
    /// Nil to queue it; the mistakes to reject it.
    package var mistakes: [String]?
    /// Where a rejected manifest is put.
    package var rejectedFolder: String?

    package init(id: String, name: String, manifestFile: String, manifestText: String, manifestSHA256: String) {
        self.id = id
        self.name = name
        self.manifestFile = manifestFile
        self.manifestText = manifestText
        self.manifestSHA256 = manifestSHA256
    }
}
