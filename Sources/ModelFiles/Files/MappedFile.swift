import Foundation

/// A file mapped read-only into memory. Its size is fixed when it is opened: no read reaches past that, and a file
/// that has changed since is refused instead of read.
package final class MappedFile: @unchecked Sendable {
    package let path: String
    /// Bytes, as found when the file was opened.
    package let size: Int
    private let descriptor: Int32
    private let base: UnsafeRawPointer?
    /// Of the file when it was opened.
    package let identity: FileIdentity

    /// - Throws: `ModelFilesError.missing` where there is no such regular file or it cannot be read.
    package init(path: String) throws {
        self.path = path
        // Without O_NONBLOCK, opening a pipe would wait for its writer before it could be refused.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.unreadable(path) }
        do {
            identity = try FileIdentity(descriptor: descriptor, path: path)
            guard identity.size > 0 else {
                size = 0
                base = nil
                return
            }
            size = identity.size
            guard let mapping = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), mapping != MAP_FAILED else {
                throw Self.unreadable(path)
            }
            base = UnsafeRawPointer(mapping)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        if let base { munmap(UnsafeMutableRawPointer(mutating: base), size) }
        close(descriptor)
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

    /// - Throws: `ModelFilesError.mismatch` where the file was changed in place since it was opened.
    package func checkUnchanged() throws {
        guard try FileIdentity(descriptor: descriptor, path: path) == identity else {
            throw ModelFilesError(
                .mismatch, "\(path) was changed while it was being read.",
                advice: "Write model files beside their place and rename them, and start again.")
        }
    }

    /// Lends the bytes of `range`.
    /// - Throws: as `withBytes(_:)`, and `.malformed` where `range` does not lie inside the file.
    package func withBytes<Result>(
        in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        guard range.lowerBound >= 0, range.upperBound <= size else {
            throw ModelFilesError(
                .malformed,
                "\(path) is \(size) bytes long, but bytes \(range.lowerBound) to \(range.upperBound) are needed.")
        }
        return try withBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    private static func unreadable(_ path: String) -> ModelFilesError {
        ModelFilesError(.missing, "\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
}
