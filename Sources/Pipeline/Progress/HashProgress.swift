import Common
import Foundation
import ModelFiles
import Synchronization

/// Counts the bytes of a base as they are hashed; where all its hashes are remembered nothing is read, and nothing told.
final class HashProgress: Sendable {
    private let reporter: JobReporter
    private let total: Int
    private let done = Mutex(0)

    /// - Parameter base: a folder, or a .gguf file.
    init(of base: String, _ reporter: JobReporter) {
        self.reporter = reporter
        total = Self.bytes(base)
    }

    /// A base's hash outside of any job, told as its stage `base`.
    ///
    /// - Parameter cache: nil where no hash may be remembered.
    /// - Throws: as `ContentHash.ofBase`.
    static func ofBase(
        _ files: BaseModelFiles, at path: String, cache: HashCache?, _ reporter: JobReporter
    ) throws -> BaseHash {
        reporter.started(.base)
        let read = HashProgress(of: path, reporter)
        let forgetful = HashCache(known: nil, found: FoundHashes())
        let hash = try ContentHash.ofBase(files, cache: (cache ?? forgetful).telling(read.advance))
        read.finish()
        reporter.ended(.base, detail: nil)
        return hash
    }

    /// So many bytes more are read.
    func advance(_ bytes: Int) {
        let done = done.withLock { done in
            done += bytes
            return done
        }
        reporter.progress(done, of: max(done, total), .bytes)
    }

    /// The base is hashed; of some files the hash may have been remembered.
    func finish() {
        if (1..<max(1, total)).contains(done.withLock { $0 }) { reporter.progress(total, of: total, .bytes) }
    }

    /// Of the files that a base's hash is taken of; what cannot be looked at counts for nothing, and reading it will tell.
    private static func bytes(_ base: String) -> Int {
        guard FileSystem.isFolder(base) else { return size(base) }
        let names = (try? FileSystem.names(in: base)) ?? []
        return names.filter { $0.hasSuffix(".safetensors") || $0 == "config.json" }
            .reduce(0) { $0 + size("\(base)/\($1)") }
    }

    private static func size(_ path: String) -> Int {
        FileSystem.status(path, followingLinks: true).map { Int($0.st_size) } ?? 0
    }
}
