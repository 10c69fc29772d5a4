import Common
import Foundation
import Synchronization

/// Hashes of files by path and identity, kept in a JSON file, so that a nightly job does not read an unchanged base again.
///
/// What a file's identity is made of decides what may be trusted: a cache of an older version, whose identities lacked the
/// time of the last change, counts as empty. Beyond that nothing rests on it but time: a damaged cache counts as empty
/// and is written anew, one that cannot be written is left, and of two processes that write at the same moment one may
/// lose its entry, while the file stays whole.
package struct HashCache: Sendable {
    private let path: String
    private let additions: String?
    private let found: FoundHashes?
    /// What the file held when this value was made, where a process is confined after that and may not open it again.
    private let snapshot: [String: Entry]?
    private let settlingNanoseconds: Int
    /// Told of the bytes, a piece at a time, that are read because no hash of theirs is remembered; what it throws ends
    /// the reading.
    let onRead: @Sendable (Int) throws -> Void

    /// Of what an entry holds: 1 had no time of the last change.
    private static let version = 2

    fileprivate struct Entry: Codable {
        let identity: FileIdentity
        let sha256: String
    }

    fileprivate struct Document: Codable {
        let version: Int
        let files: [String: Entry]
    }

    /// - Parameters:
    ///   - path: the JSON file; its folder must exist.
    ///   - additions: another such file, which is written in its place: a process that may only read what others share
    ///     hands over so what it found out, see `adopt`.
    ///   - found: the same in memory, of a process that may write no file at all.
    ///   - settlingSeconds: two changes within one tick of a file system's clock leave the same time; a file that was
    ///     changed less than this before it was read is not remembered.
    ///   - onRead: told of the bytes, a piece at a time, that had to be read; what it throws ends the reading. Whoever
    ///     hashes what others wrote can tell by it that the reading goes on, and give it up.
    package init(
        file path: String, additions: String? = nil, found: FoundHashes? = nil, settlingSeconds: Double = 2,
        onRead: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) {
        self.path = path
        self.additions = additions
        self.found = found
        snapshot = found == nil ? nil : Self.entries(at: path)
        settlingNanoseconds = Int(settlingSeconds * 1e9)
        self.onRead = onRead
    }

    /// What stands at the cache's place.
    package enum State: Equatable, Sendable {
        case absent
        case damaged
        /// Of another version: it is not read, and the next hash takes its place.
        case otherVersion
        /// Files whose hashes are remembered.
        case entries(Int)
    }

    /// For people who wonder; using the cache does not need it.
    package var state: State {
        guard let data = FileManager.default.contents(atPath: path) else {
            return FileManager.default.fileExists(atPath: path) ? .damaged : .absent
        }
        let decoder = JSONCoding.decoder()
        if let document = try? decoder.decode(Document.self, from: data), document.version == Self.version {
            return .entries(document.files.count)
        }
        let isOlder = (try? decoder.decode([String: Version1Entry].self, from: data)) != nil
        let isNewer = ((try? decoder.decode(Version.self, from: data))?.version ?? 0) > Self.version
        return isOlder || isNewer ? .otherVersion : .damaged
    }

    private struct Version: Decodable {
        let version: Int
    }

    /// Version 1 was the entries alone.
    private struct Version1Entry: Decodable {
        let sha256: String
    }

    /// The remembered hash of a file that has not changed since.
    func hash(of file: String, identity: FileIdentity) -> String? {
        let key = Self.key(file)
        let isCurrent = { (entry: Entry) in entry.identity == identity }
        let shared = snapshot ?? Self.entries(at: path)
        let kept = [shared[key], additions.flatMap { Self.entries(at: $0)[key] }].compactMap(\.self)
        guard let entry = found?.entry(key).flatMap({ isCurrent($0) ? $0 : nil }) ?? kept.first(where: isCurrent) else {
            return nil
        }
        return entry.sha256.utf8.count == 64 ? entry.sha256 : nil
    }

    /// Remembers the hash of the file that had this identity before and after it was read.
    ///
    /// - Parameter readAt: when the reading began, see `now`.
    func remember(_ hash: String, of file: String, identity: FileIdentity, readAt: Int) {
        let (age, overflow) = readAt.subtractingReportingOverflow(max(identity.modified, identity.changed))
        guard !overflow, age > settlingNanoseconds else { return }
        let (key, entry) = (Self.key(file), Entry(identity: identity, sha256: hash))
        if let found { return found.add(entry, of: key) }
        let target = additions ?? path
        var entries = Self.entries(at: target)
        entries[key] = entry
        Self.write(entries, to: target)
    }

    /// Bytes of what is adopted at once, at most: of a base in a thousand files.
    package static let mostAdopted = 1 << 20

    /// Takes over what a cache's `additions`, or `found`, hold of these files and folders, and nothing else that stands there: who
    /// wrote them may have been led astray by what it read.
    ///
    /// - Parameters:
    ///   - data: the additions' bytes.
    ///   - paths: the files and folders whose hashes the writer had to find out.
    package func adopt(_ data: Data, under paths: [String]) {
        let keys = paths.map(Self.key)
        let wanted = Self.entries(of: data).filter { file, entry in
            entry.sha256.utf8.count == 64 && keys.contains { file == $0 || file.hasPrefix($0 + "/") }
        }
        guard !wanted.isEmpty else { return }
        Self.write(Self.entries(at: path).merging(wanted) { $1 }, to: path)
    }

    private static func write(_ entries: [String: Entry], to path: String) {
        guard let data = data(of: entries, .document) else { return }
        try? AtomicFile.write(data, to: path)
    }

    fileprivate static func data(of entries: [String: Entry], _ layout: JSONCoding.Layout) -> Data? {
        try? JSONCoding.encoder(layout).encode(Document(version: version, files: entries))
    }

    /// Nanoseconds since 1970, by the clock that files' times are of.
    static func now() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return FileIdentity.nanoseconds(now)
    }

    private static func entries(at path: String) -> [String: Entry] {
        entries(of: FileManager.default.contents(atPath: path))
    }

    private static func entries(of data: Data?) -> [String: Entry] {
        guard let data, let document = try? JSONCoding.decoder().decode(Document.self, from: data),
            document.version == version
        else { return [:] }
        return document.files
    }

    private static func key(_ file: String) -> String {
        guard let resolved = realpath(file, nil) else { return file }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

/// The hashes that a process had to find out and writes nowhere: it hands them over.
package final class FoundHashes: Sendable {
    private let entries = Mutex<[String: HashCache.Entry]>([:])

    package init() {}

    /// As `HashCache.adopt` takes them; nil where there are none. Of more than it takes at once, some: the rest is found
    /// again, and handed over then.
    package var text: String? {
        var entries = entries.withLock { $0 }
        while !entries.isEmpty, let data = HashCache.data(of: entries, .line) {
            guard data.count > HashCache.mostAdopted else { return String(decoding: data, as: UTF8.self) }
            let kept = entries.keys.sorted().prefix(entries.count / 2)
            entries = entries.filter { kept.contains($0.key) }
        }
        return nil
    }

    fileprivate func entry(_ key: String) -> HashCache.Entry? { entries.withLock { $0[key] } }

    fileprivate func add(_ entry: HashCache.Entry, of key: String) { entries.withLock { $0[key] = entry } }
}
