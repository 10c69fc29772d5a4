import Foundation
import Synchronization

/// The files of a base's folder. What was found of one first is what it has for good: weights are opened once, a small
/// file that is read again must have the bytes it had, and one that was not there stays absent. So what is parsed, what is
/// hashed and what is copied are the same.
package final class ModelFolder: Sendable {
    package let path: String
    /// The families that the folder may be of.
    package let families: KnownFamilies
    private let rule: ReadingRule
    /// Where the folder's own files lie, every link followed; empty where there is no such folder.
    private let own: [String]
    private let seen = Mutex(Seen())

    private enum Content: Equatable {
        case absent
        case sha256(String)
    }

    private struct Seen {
        var contents: [String: Content] = [:]
        var mapped: [String: MappedFile] = [:]
        var listings: [String: [String]] = [:]
    }

    /// - Parameters:
    ///   - rule: which files may be read.
    ///   - families: those that it may be of.
    package init(_ path: String, rule: ReadingRule = .anything, families: KnownFamilies) {
        self.path = path
        self.families = families
        self.rule = rule
        own = Self.ownPlaces(path)
    }

    /// The folder, and of a snapshot in a hub's cache the repository's blobs too, which its files are links to:
    /// `REPOSITORY/snapshots/REVISION/config.json` leads to `REPOSITORY/blobs/…`.
    private static func ownPlaces(_ path: String) -> [String] {
        guard let resolved = realpath(path, nil) else { return [] }
        defer { free(resolved) }
        let folder = URL(fileURLWithPath: String(cString: resolved), isDirectory: true)
        let snapshots = folder.deletingLastPathComponent()
        guard snapshots.lastPathComponent == "snapshots" else { return [folder.path] }
        return [folder.path, snapshots.deletingLastPathComponent().appendingPathComponent("blobs").path]
    }

    /// What messages and system calls call the file.
    package func path(of name: String) -> String { "\(path)/\(name)" }

    /// Whether there is something of that name, whatever it is.
    package func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(of: name)) }

    /// All bytes of a small file; nil where there is none.
    ///
    /// - Throws: `ModelFilesError.mismatch` where it has not the bytes any more that it had when it was read before;
    ///   `.missing` for what is no regular file or cannot be read, `.malformed` for more bytes than `limit`, `.forbidden`.
    package func bytes(_ name: String, limit: Int = JSONReader.maximumFileBytes) throws -> Data? {
        try bytes(name, limit: limit) { _ in }
    }

    /// All bytes of a small file that is to be published; nil where there is none.
    ///
    /// A link in the folder can lead to what its owner showed to nobody, and lorad may be able to read it all the same. So
    /// a file that lies elsewhere is given only where everybody may read it.
    ///
    /// - Throws: as `bytes`; `ModelFilesError.forbidden` for such a file.
    package func publishable(_ name: String) throws -> Data? {
        try bytes(name, limit: JSONReader.maximumFileBytes) { file in
            let place = try file.place()
            let isOwn = own.contains { place.path.hasPrefix($0 + "/") }
            guard isOwn || place.mode & 0o004 != 0 else {
                throw ModelFilesError(
                    .forbidden, "\(file.path) is a link to a file that not everybody may read; it is not published.",
                    cause: "It leads to \(place.path), of mode 0\(String(place.mode, radix: 8)).",
                    advice: "Copy the file into the folder, let others read it, or remove the link.")
            }
        }
    }

    private func bytes(_ name: String, limit: Int, _ check: (OpenedFile) throws -> Void) throws -> Data? {
        let known = seen.withLock { $0.contents[name] }
        if known == .absent { return nil }
        let file = try OpenedFile.ifPresent(path(of: name), rule: rule)
        let data = try file.map { file in
            try check(file)
            return try RegularFile.read(file, limit: limit)
        }
        let content = data.map { Content.sha256(ContentHash.ofBytes($0)) } ?? .absent
        guard known == nil || known == content else { throw ModelFilesError.changed(path(of: name)) }
        seen.withLock { $0.contents[name] = content }
        return data
    }

    /// A small file's JSON; nil where there is none.
    ///
    /// - Throws: as `bytes`; `ModelFilesError.malformed` where it is no JSON.
    package func json(_ name: String) throws -> JSONValue? {
        try bytes(name).map { data in try data.withUnsafeBytes { try JSONReader.parse($0, name: path(of: name)) } }
    }

    /// A small file's JSON.
    ///
    /// - Throws: as `json`; `ModelFilesError.missing` where there is none.
    package func requiredJSON(_ name: String) throws -> JSONValue {
        if let json = try json(name) { return json }
        throw ModelFilesError(.missing, "\(path(of: name)) cannot be read: \(String(cString: strerror(ENOENT))).")
    }

    /// A large file, opened the first time that it is asked for.
    ///
    /// - Throws: as `MappedFile`.
    func mapped(_ name: String) throws -> MappedFile {
        if let file = seen.withLock({ $0.mapped[name] }) { return file }
        let file = try MappedFile(path: path(of: name), rule: rule)
        return seen.withLock { seen in
            if let first = seen.mapped[name] { return first }
            seen.mapped[name] = file
            return file
        }
    }

    /// Names of the large files that were opened.
    var mappedNames: Set<String> { Set(seen.withLock { $0.mapped.keys }) }

    /// The names in the folder, or in a folder of it, as they were when somebody first asked; none where there is no such
    /// folder in it.
    ///
    /// - Throws: where the folder itself cannot be listed.
    package func names(in subfolder: String = "") throws -> [String] {
        if let names = seen.withLock({ $0.listings[subfolder] }) { return names }
        let place = subfolder.isEmpty ? path : path(of: subfolder)
        let listed =
            subfolder.isEmpty || FileManager.default.fileExists(atPath: place)
            ? try FileManager.default.contentsOfDirectory(atPath: place) : []
        seen.withLock { $0.listings[subfolder] = listed }
        return listed
    }

    /// SHA-256 of a file, of the bytes that its other readers get; nil where there is none.
    ///
    /// - Parameters:
    ///   - cache: spares reading weights that are known to it.
    ///   - rereading: the cache is not asked.
    /// - Throws: as `bytes` and `MappedFile.sha256`.
    func sha256(_ name: String, cache: HashCache?, rereading: Bool) throws -> String? {
        if name.hasSuffix(".safetensors") { return try mapped(name).sha256(cache: cache, rereading: rereading) }
        _ = try bytes(name)
        guard case .sha256(let hash) = seen.withLock({ $0.contents[name] }) else { return nil }
        return hash
    }

    /// Checks that everything that was read or hashed still has those bytes.
    ///
    /// - Throws: `ModelFilesError.mismatch` naming the first file that has not.
    package func confirm() throws {
        let (names, mapped) = seen.withLock { seen in
            (seen.contents.filter { $0.value != .absent }.keys.sorted(), Array(seen.mapped.values))
        }
        for name in names { _ = try bytes(name) }
        for file in mapped { try file.confirm() }
    }
}
