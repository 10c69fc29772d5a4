import Digests
import Foundation

/// SHA-256 of files and bases, in lower-case hexadecimal.
package enum ContentHash {
    package static func ofBytes(_ data: some DataProtocol) -> String { SHA256.hexadecimal(of: data) }

    /// The file's SHA-256, from `cache` where it knows the file unchanged. It is read in pieces, not mapped.
    ///
    /// - Throws: `ModelFilesError.missing`; `.mismatch` where the file changes while it is read; what the cache's `onRead`
    ///   throws.
    package static func ofFile(_ path: String, cache: HashCache? = nil) throws -> String {
        let file = try FilePieces(path: path)
        if let known = cache?.hash(of: path, identity: file.identity) { return known }
        var hasher = SHA256()
        try file.read { piece in
            hasher.update(piece)
            try cache?.onRead(piece.count)
        }
        let hash = hasher.hexadecimal()
        cache?.remember(hash, of: path, identity: file.identity)
        return hash
    }

    /// A .gguf's hash is the file's; a folder's that of its listing, so that anyone can check it:
    /// `(cd BASE && LC_ALL=C sha256sum config.json *.safetensors | sha256sum)`.
    ///
    /// - Throws: `ModelFilesError.missing` where something is absent; as the reader of the base's format.
    package static func ofBase(_ path: String, cache: HashCache? = nil) throws -> BaseHash {
        let files = try BaseModelFiles(path: path)
        return BaseHash(
            path: path, sha256: try files.gguf == nil ? ofFolder(path, cache: cache) : ofFile(path, cache: cache),
            tokenizerSHA256: try ofTokenizer(files, cache: cache),
            tokenizerSHA256Version1: try ofTokenizerVersion1(files, cache: cache),
            modelType: files.configuration.modelType, parameters: files.parameterCount)
    }

    private static func ofFolder(_ folder: String, cache: HashCache?) throws -> String {
        let weights = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
        return try listing(of: ["config.json"], weights, in: folder, cache)
    }

    /// SHA-256 of what `LC_ALL=C sha256sum` prints of files in a folder: `first` in its order, then the rest sorted by
    /// the names' bytes.
    ///
    /// - Throws: `ModelFilesError.missing`; `.unsupported` for a name that sha256sum would not print as it is.
    static func listing(of first: [String], _ rest: [String] = [], in folder: String, _ cache: HashCache?) throws
        -> String
    {
        let names = first + rest.sorted { ExactString($0) < ExactString($1) }
        // sha256sum escapes these, and takes a name that starts with a dash for an option.
        if let odd = names.first(where: { $0.hasPrefix("-") || $0.contains { "\\\n\r".contains($0) } }) {
            throw ModelFilesError(
                .unsupported, "\(folder) holds the file \(quoted(odd)), a name that cannot be listed.")
        }
        let lines = try names.map { "\(try ofFile("\(folder)/\($0)", cache: cache))  \($0)\n" }
        return ofBytes(Data(lines.joined().utf8))
    }
}
