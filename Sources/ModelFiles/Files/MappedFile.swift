import Digests
import Foundation
import Synchronization

/// A file mapped read-only into memory. Its size is fixed when it is opened: no read reaches past that, and a file
/// that has changed since is refused instead of read.
///
/// A range that was lent leaves the process's memory when it is given back: a base's tensors are read once, and would
/// stand there beside what was made of them. The page cache keeps them, so that another look costs little.
package final class MappedFile: @unchecked Sendable {
    package let path: String
    /// Bytes, as found when the file was opened.
    package let size: Int
    /// Of the file when it was opened.
    package let identity: FileIdentity
    private let file: OpenedFile
    private let rule: ReadingRule
    private let base: UnsafeRawPointer?
    /// The SHA-256 of what is mapped, once somebody asked, and the identity that the file had.
    private let hashed = Mutex<(sha256: String, identity: FileIdentity)?>(nil)

    /// Bytes that are lent at a time where a file is read from end to end, or a large range of it.
    package static let pieceBytes = 16 << 20

    /// - Parameter rule: which files may be read.
    /// - Throws: `ModelFilesError.missing` where there is no such regular file or it cannot be read, `.forbidden` where
    ///   the rule refuses it.
    package init(path: String, rule: ReadingRule = .anything) throws {
        self.path = path
        self.rule = rule
        file = try OpenedFile(path, rule: rule)
        // Where others may write, what is made of the bytes from here on must show if it is changed.
        identity =
            rule.isLimited
            ? try FileIdentity.settled(descriptor: file.descriptor, path: path) : try file.identity()
        size = identity.size
        guard size > 0 else {
            base = nil
            return
        }
        guard let mapping = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0), mapping != MAP_FAILED else {
            throw ModelFilesError(.missing, "\(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        base = UnsafeRawPointer(mapping)
    }

    deinit {
        if let base { munmap(UnsafeMutableRawPointer(mutating: base), size) }
    }

    /// Lends all bytes of the file.
    ///
    /// A mapping of a file that someone truncates in place ends the process when it is read past the new end. The
    /// check here narrows that to files cut short while the closure runs; one replaced by a rename is never affected.
    /// - Throws: `ModelFilesError.mismatch` where the file was changed in place since it was opened.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        try checkUnchanged()
        return try withExtendedLifetime(self) { try body(UnsafeRawBufferPointer(start: base, count: size)) }
    }

    /// - Throws: `ModelFilesError.unsupported` where the file is the note that Git LFS leaves in a file's place.
    func refuseLFSPointer() throws {
        let beginning = "version https://git-lfs"
        let isPointer = size < 1024 && size >= beginning.utf8.count
        guard isPointer, try withBytes({ $0.starts(with: beginning.utf8) }) else { return }
        throw ModelFilesError(
            .unsupported, "\(path) is a Git LFS pointer, not the file that it stands for.",
            advice: "Fetch the file itself with `git lfs pull`, or download it again.")
    }

    /// A quick look by size and modification time; `confirm` is the one that nobody can deceive.
    ///
    /// - Throws: `ModelFilesError.mismatch` where the file was changed in place since it was opened.
    package func checkUnchanged() throws {
        guard try file.identity().isSameButForAttributes(identity) else { throw ModelFilesError.changed(path) }
    }

    /// Lends the bytes of `range`, and lets their pages go.
    ///
    /// - Throws: as `withBytes(_:)`, and `.malformed` where `range` does not lie inside the file.
    package func withBytes<Result>(
        in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        guard range.lowerBound >= 0, range.upperBound <= size else {
            throw ModelFilesError(
                .malformed,
                "\(path) is \(size) bytes long, but bytes \(range.lowerBound) to \(range.upperBound) are needed.")
        }
        defer { letGo(range) }
        return try withBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// Takes the pages of `range` out of the process's memory. Who reads them at the same time has them back at once.
    private func letGo(_ range: Range<Int>) {
        let page = Int(getpagesize())
        let start = range.lowerBound / page * page
        guard let base, range.upperBound - start >= page else { return }
        _ = madvise(UnsafeMutableRawPointer(mutating: base + start), range.upperBound - start, MADV_DONTNEED)
    }

    /// The SHA-256 of the bytes that are mapped, in lower-case hexadecimal.
    ///
    /// - Parameters:
    ///   - cache: spares reading a file that is known to it, and is told of the bytes; nil reads them.
    ///   - rereading: the cache is not asked; it remembers what is read.
    /// - Throws: `ModelFilesError.mismatch` where the file was changed, or its attributes were, since it was opened: what
    ///   was made of its bytes before may not be what they are now.
    package func sha256(cache: HashCache? = nil, rereading: Bool = false) throws -> String {
        if let known = hashed.withLock({ $0?.sha256 }) { return known }
        let begun = HashCache.now()
        var hash = rereading ? nil : cache?.hash(of: path, identity: identity)
        let isRemembered = hash != nil
        if hash == nil { hash = try readHash { try cache?.onRead($0) } }
        guard let hash, try file.identity() == identity else { throw ModelFilesError.changed(path) }
        if !isRemembered { cache?.remember(hash, of: path, identity: identity, readAt: begun) }
        hashed.withLock { $0 = (hash, identity) }
        return hash
    }

    /// Checks that the bytes are those that were hashed, as they are mapped and as they stand under the path: by the
    /// identity, and where that moved by reading them. Does nothing where nobody asked for the hash.
    ///
    /// - Throws: `ModelFilesError.mismatch` where they are others, or the file is gone; `.forbidden`.
    package func confirm() throws {
        guard let known = hashed.withLock({ $0 }) else { return }
        let now = try file.identity()
        if now != known.identity {
            guard now.isSameButForAttributes(known.identity), try readHash() == known.sha256,
                try file.identity() == now
            else { throw ModelFilesError.changed(path) }
            hashed.withLock { $0 = (known.sha256, now) }
        }
        guard let other = try OpenedFile.ifPresent(path, rule: rule) else { throw ModelFilesError.changed(path) }
        if try other.identity() == now { return }
        guard try ContentHash.ofFile(other) == known.sha256 else { throw ModelFilesError.changed(path) }
    }

    private func readHash(onRead: (Int) throws -> Void = { _ in }) throws -> String {
        var hasher = SHA256()
        for start in stride(from: 0, to: size, by: Self.pieceBytes) {
            let range = start..<min(start + Self.pieceBytes, size)
            try withBytes(in: range) { hasher.update($0) }
            try onRead(range.count)
        }
        return hasher.hexadecimal()
    }
}
