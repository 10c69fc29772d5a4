/// Which names in the inbox are manifests.
package enum InboxNames {
    /// How Syncthing, and Dropbox, Nextcloud and others, mark the copy that lost.
    private static let copies = [".sync-conflict-", "conflicted copy"]

    /// True for `NAME.yaml` and `NAME.yml`. Left alone: hidden names (a sender's or `lorad submit`'s temporary file),
    /// editors' and copiers' temporary names, the second copies that file synchronisers make of a file that was changed
    /// in two places (it would be the same job once more, in one of its versions), and anything with another ending, as
    /// it may be an upload under way that gets its final name later.
    package static func isManifest(_ name: String) -> Bool {
        guard !name.hasPrefix("."), !name.hasPrefix("#"), !name.hasPrefix("~") else { return false }
        let lowercased = name.lowercased()
        guard !copies.contains(where: lowercased.contains) else { return false }
        return lowercased.hasSuffix(".yaml") || lowercased.hasSuffix(".yml")
    }

    /// `nightly` for `nightly.yaml`.
    package static func stem(_ name: String) -> String {
        guard isManifest(name), let dot = name.lastIndex(of: ".") else { return name }
        return String(name[..<dot])
    }
}
