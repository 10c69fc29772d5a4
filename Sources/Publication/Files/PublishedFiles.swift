import Common
import Digests
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What lies in a folder, as paths relative to it.
package struct PublishedFiles {
    /// Deeper than any run reaches; a folder that goes on is not ours.
    private static let maximumDepth = 16

    /// Regular files, in byte order of their paths.
    package private(set) var files: [String] = []
    /// Folders, parents before children.
    private(set) var folders: [String] = []
    /// Links, sockets and whatever else has no place in a run.
    private(set) var others: [String] = []

    /// Lists `folder` and everything below it, following no link.
    package init(in folder: String) throws {
        try list(folder, below: "", depth: 0)
        files.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private mutating func list(_ root: String, below prefix: String, depth: Int) throws {
        let folder = prefix.isEmpty ? root : "\(root)/\(prefix)"
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw PublicationError(
                .missing, "The folder \(folder) cannot be read.", cause: FileSystem.reason(of: error))
        }
        for name in names {
            let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
            var status = stat()
            let known = lstat("\(root)/\(path)", &status) == 0
            switch known ? status.st_mode & S_IFMT : 0 {
            case S_IFREG:
                files.append(path)
            case S_IFDIR where depth < Self.maximumDepth:
                folders.append(path)
                try list(root, below: path, depth: depth + 1)
            default:
                others.append(path)
            }
        }
    }

    /// The SHA-256 of a run's list of checksums, which has that of every other file: the run's own; nil where there is none.
    package static func digest(of folder: String) -> String? { hash("\(folder)/\(ChecksumFile.name)") }

    /// The SHA-256 of a regular file, as 64 hexadecimal digits; nil where there is no such file to read.
    static func hash(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var hasher = SHA256()
        do {
            while let block = try handle.read(upToCount: 1 << 20), !block.isEmpty {
                hasher.update(block)
            }
        } catch {
            return nil
        }
        return hasher.hexadecimal()
    }
}
