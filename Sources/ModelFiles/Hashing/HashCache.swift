import Foundation

/// Hashes of files by path, size, modification time and inode, kept in a JSON file, so that a nightly job does not
/// read an unchanged base again.
///
/// Nothing rests on it but time: a damaged cache counts as empty and is written anew, one that cannot be written is left,
/// and of two processes that write at the same moment one may lose its entry, while the file stays whole.
package struct HashCache: Sendable {
    private let path: String
    private let additions: String?

    /// Two changes within one tick of a file system's clock leave the same time; a file younger than this is not
    /// remembered.
    private static let settlingNanoseconds = 2_000_000_000

    private struct Entry: Codable {
        let identity: FileIdentity
        let sha256: String
    }

    /// - Parameters:
    ///   - path: the JSON file; its folder must exist.
    ///   - additions: another such file, which is written in its place: a process that may only read what others share
    ///     hands over so what it found out, see `adopt`.
    package init(file path: String, additions: String? = nil) {
        self.path = path
        self.additions = additions
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
        let known = [path, additions].lazy.compactMap { $0.flatMap { Self.entries(at: $0)[Self.key(file)] } }
        guard let entry = known.first(where: { $0.identity == identity }) else { return nil }
        return entry.sha256.utf8.count == 64 ? entry.sha256 : nil
    }

    /// Remembers the hash of the file that had this identity before and after it was read.
    func remember(_ hash: String, of file: String, identity: FileIdentity) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let (age, overflow) = (now.tv_sec * 1_000_000_000 + now.tv_nsec).subtractingReportingOverflow(identity.modified)
        guard !overflow, age > Self.settlingNanoseconds else { return }
        let target = additions ?? path
        var entries = Self.entries(at: target)
        entries[Self.key(file)] = Entry(identity: identity, sha256: hash)
        Self.write(entries, to: target)
    }

    /// Takes over what a cache's `additions` hold of these files and folders, and nothing else that stands there: who
    /// wrote them may have been led astray by what it read.
    ///
    /// - Parameters:
    ///   - data: the additions' bytes.
    ///   - paths: the files and folders whose hashes the writer had to find out.
    package func adopt(_ data: Data, under paths: [String]) {
        guard let found = try? JSONDecoder().decode([String: Entry].self, from: data) else { return }
        let keys = paths.map(Self.key)
        let wanted = found.filter { file, entry in
            entry.sha256.utf8.count == 64 && keys.contains { file == $0 || file.hasPrefix($0 + "/") }
        }
        guard !wanted.isEmpty else { return }
        Self.write(Self.entries(at: path).merging(wanted) { $1 }, to: path)
    }

    private static func write(_ entries: [String: Entry], to path: String) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(entries) else { return }
        try? AtomicFile.write(data, to: path)
    }

    private static func entries(at path: String) -> [String: Entry] {
        guard let data = FileManager.default.contents(atPath: path) else { return [:] }
        return (try? JSONDecoder().decode([String: Entry].self, from: data)) ?? [:]
    }

    private static func key(_ file: String) -> String {
        guard let resolved = realpath(file, nil) else { return file }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
