import Foundation

/// Hashes of files by path, size, modification time and inode, kept in a JSON file, so that a nightly job does not
/// read an unchanged base again.
///
/// Nothing rests on it but time: a damaged cache counts as empty and is written anew, one that cannot be written is left,
/// and of two processes that write at the same moment one may lose its entry, while the file stays whole.
package struct HashCache: Sendable {
    private let path: String
    /// Told of the bytes, a piece at a time, that are read because no hash of theirs is remembered; what it throws ends
    /// the reading.
    let onRead: @Sendable (Int) throws -> Void

    /// Two changes within one tick of a file system's clock leave the same time; a file younger than this is not
    /// remembered.
    private static let settlingNanoseconds = 2_000_000_000

    private struct Entry: Codable {
        let identity: FileIdentity
        let sha256: String
    }

    /// - Parameters:
    ///   - path: the JSON file; its folder must exist.
    ///   - onRead: told of the bytes, a piece at a time, that had to be read; what it throws ends the reading. Whoever
    ///     hashes what others wrote can tell by it that the reading goes on, and give it up.
    package init(file path: String, onRead: @escaping @Sendable (Int) throws -> Void = { _ in }) {
        self.path = path
        self.onRead = onRead
    }

    /// What stands at the cache's place.
    package enum State: Equatable, Sendable {
        case absent
        case damaged
        /// Files whose hashes are remembered.
        case entries(Int)
    }

    /// For people who wonder; using the cache does not need it.
    package var state: State {
        guard let data = FileManager.default.contents(atPath: path) else {
            return FileManager.default.fileExists(atPath: path) ? .damaged : .absent
        }
        guard let entries = try? JSONDecoder().decode([String: Entry].self, from: data) else { return .damaged }
        return .entries(entries.count)
    }

    /// The remembered hash of a file that has not changed since.
    func hash(of file: String, identity: FileIdentity) -> String? {
        guard let entry = entries()[Self.key(file)], entry.identity == identity else { return nil }
        return entry.sha256.utf8.count == 64 ? entry.sha256 : nil
    }

    /// Remembers the hash of the file that had this identity before and after it was read.
    func remember(_ hash: String, of file: String, identity: FileIdentity) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let (age, overflow) = (now.tv_sec * 1_000_000_000 + now.tv_nsec).subtractingReportingOverflow(identity.modified)
        guard !overflow, age > Self.settlingNanoseconds else { return }
        var entries = entries()
        entries[Self.key(file)] = Entry(identity: identity, sha256: hash)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(entries) else { return }
        try? AtomicFile.write(data, to: path)
    }

    private func entries() -> [String: Entry] {
        guard let data = FileManager.default.contents(atPath: path) else { return [:] }
        return (try? JSONDecoder().decode([String: Entry].self, from: data)) ?? [:]
    }

    private static func key(_ file: String) -> String {
        guard let resolved = realpath(file, nil) else { return file }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
