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
    /// Nil for a process that opens no cache: it was handed what is known.
    private let path: String?
    private let additions: String?
    private let found: FoundHashes?
    private let known: [String: Entry]
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
    ///   - settlingSeconds: two changes within one tick of a file system's clock leave the same time; a file that was
    ///     changed less than this before it was read is not remembered.
    ///   - onRead: told of the bytes, a piece at a time, that had to be read; what it throws ends the reading. Whoever
    ///     hashes what others wrote can tell by it that the reading goes on, and give it up.
    package init(
        file path: String, additions: String? = nil, settlingSeconds: Double = 2,
        onRead: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) {
        self.path = path
        self.additions = additions
        (found, known) = (nil, [:])
        settlingNanoseconds = Int(settlingSeconds * 1e9)
        self.onRead = onRead
    }

    /// For a process that may open no cache, and write no file at all.
    ///
    /// - Parameters:
    ///   - known: what another process read of the cache, see `known(under:)`.
    ///   - found: takes what had to be found out.
    package init(
        known: String?, found: FoundHashes, settlingSeconds: Double = 2,
        onRead: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) {
        (path, additions) = (nil, nil)
        self.found = found
        self.known = Self.entries(of: known.map { Data($0.utf8) })
        settlingNanoseconds = Int(settlingSeconds * 1e9)
        self.onRead = onRead
    }

    /// The same cache, with somebody else told of what is read.
    package func telling(_ onRead: @escaping @Sendable (Int) throws -> Void) -> HashCache {
        HashCache(self, onRead: onRead)
    }

    private init(_ cache: HashCache, onRead: @escaping @Sendable (Int) throws -> Void) {
        (path, additions, found, known) = (cache.path, cache.additions, cache.found, cache.known)
        settlingNanoseconds = cache.settlingNanoseconds
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
        guard let path else { return .absent }
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
        let entries =
            [found?.entry(key), known[key]] + [path, additions].map { $0.flatMap { Self.entries(at: $0)[key] } }
        guard let entry = entries.compactMap(\.self).first(where: { $0.identity == identity }) else { return nil }
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
        guard let target = additions ?? path else { return }
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
        let wanted = Self.entries(of: data).filter { $1.sha256.utf8.count == 64 && Self.lies($0, under: paths) }
        guard let path, !wanted.isEmpty else { return }
        Self.write(Self.entries(at: path).merging(wanted) { $1 }, to: path)
    }

    /// What the cache knows of these files and folders, for a process that may not open it; nil where it knows nothing. Of
    /// more than `mostAdopted` bytes, some.
    package func known(under paths: [String]) -> String? {
        guard let path else { return nil }
        return Self.text(of: Self.entries(at: path).filter { file, _ in Self.lies(file, under: paths) })
    }

    private static func lies(_ file: String, under paths: [String]) -> Bool {
        paths.map(key).contains { file == $0 || file.hasPrefix($0 + "/") }
    }

    private static func write(_ entries: [String: Entry], to path: String) {
        guard let data = data(of: entries, .document) else { return }
        try? AtomicFile.write(data, to: path)
    }

    /// As `adopt` takes them; nil where there are none. Of more than it takes at once, some.
    fileprivate static func text(of entries: [String: Entry]) -> String? {
        var entries = entries
        while !entries.isEmpty, let data = data(of: entries, .line) {
            guard data.count > mostAdopted else { return String(decoding: data, as: UTF8.self) }
            let kept = Set(entries.keys.sorted().prefix(entries.count / 2))
            entries = entries.filter { kept.contains($0.key) }
        }
        return nil
    }

    private static func data(of entries: [String: Entry], _ layout: JSONCoding.Layout) -> Data? {
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
    package var text: String? { HashCache.text(of: entries.withLock { $0 }) }

    fileprivate func entry(_ key: String) -> HashCache.Entry? { entries.withLock { $0[key] } }

    fileprivate func add(_ entry: HashCache.Entry, of key: String) { entries.withLock { $0[key] = entry } }
}
