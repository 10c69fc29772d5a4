import Foundation

/// Hashes of files by path, size, modification time and inode, kept in a JSON file, so that a nightly job does not
/// read an unchanged base again. A damaged cache counts as empty; losing it costs time alone.
package struct HashCache: Sendable {
    private let path: String

    private struct Entry: Codable {
        let identity: FileIdentity
        let sha256: String
    }

    package init(file path: String) {
        self.path = path
    }

    /// The remembered hash of a file that has not changed since.
    func hash(of file: String) -> String? {
        guard let entry = entries()[file], let now = try? FileIdentity(path: file), now == entry.identity else { return nil }
        return entry.sha256
    }

    /// Remembers a hash, unless the file changed so lately that a second change could leave the same time stamp.
    func remember(_ hash: String, of file: String) {
        guard let identity = try? FileIdentity(path: file) else { return }
        let age = Date().timeIntervalSince1970 - Double(identity.modified) / 1e9
        guard age > 2 else { return }
        var entries = entries()
        entries[file] = Entry(identity: identity, sha256: hash)
        guard let data = try? JSONEncoder().encode(entries) else { return }
        try? AtomicFile.write(data, to: path)
    }

    private func entries() -> [String: Entry] {
        guard let data = FileManager.default.contents(atPath: path) else { return [:] }
        return (try? JSONDecoder().decode([String: Entry].self, from: data)) ?? [:]
    }
}
