import Ledger

/// Which names in the inbox are manifests.
package enum InboxNames {
    /// A name has at most so many bytes.
    private static let longest = 255

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

    /// `nightly.20261124T002603Z-1a2b3c4d.yaml` for `nightly.yaml`: what `lorad submit` calls a manifest that is to become
    /// that job. A stem that is too long is cut.
    package static func name(_ name: String, for job: String) -> String {
        let stem = stem(name)
        let ending = ".\(job)\(name.dropFirst(stem.count))"
        var kept = stem.unicodeScalars
        while String(kept).utf8.count + ending.utf8.count > longest, !kept.isEmpty { kept.removeLast() }
        return String(kept) + ending
    }

    /// The two that such a name was made of; nil for any other.
    package static func parts(of name: String) -> (name: String, job: String)? {
        let stem = stem(name)
        guard stem != name, let dot = stem.lastIndex(of: "."), dot != stem.startIndex else { return nil }
        let job = String(stem[stem.index(after: dot)...])
        guard Identifier.isJob(job) else { return nil }
        return (String(stem[..<dot]) + String(name.dropFirst(stem.count)), job)
    }

    /// `nightly` for `nightly.yaml`.
    package static func stem(_ name: String) -> String {
        guard isManifest(name), let dot = name.lastIndex(of: ".") else { return name }
        return String(name[..<dot])
    }
}
