import Digests
import Foundation

/// SHA-256 in lower-case hexadecimal.
package enum ContentHash {
    package static func ofBytes(_ data: some DataProtocol) -> String { SHA256.hexadecimal(of: data) }

    /// The file's SHA-256, from `cache` where it knows the file unchanged. The file is read, not mapped: whoever cuts it
    /// short meanwhile does not end the process.
    ///
    /// - Throws: `ModelFilesError.missing`; `.mismatch` where the file changes while it is read; `.forbidden`;
    ///   what the cache's `onRead` throws.
    package static func ofFile(_ path: String, cache: HashCache? = nil, rule: ReadingRule = .anything) throws
        -> String
    {
        let file = try OpenedFile(path, rule: rule)
        let identity = try file.identity()
        if let known = cache?.hash(of: path, identity: identity) { return known }
        let begun = HashCache.now()
        let hash = try ofFile(file) { try cache?.onRead($0) }
        guard try file.identity() == identity else { throw ModelFilesError.changed(path) }
        cache?.remember(hash, of: path, identity: identity, readAt: begun)
        return hash
    }

    /// Of an open file's bytes, from its beginning.
    ///
    /// - Parameter onRead: told of the bytes of each piece; what it throws ends the reading.
    /// - Throws: `ModelFilesError.missing` where it cannot be read.
    static func ofFile(_ file: OpenedFile, onRead: (Int) throws -> Void = { _ in }) throws -> String {
        var hasher = SHA256()
        try file.readPieces { piece in
            hasher.update(piece)
            try onRead(piece.count)
        }
        return hasher.hexadecimal()
    }
}
