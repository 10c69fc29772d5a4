import Foundation

extension ContentHash {
    /// The hash of an opened base: of the bytes that its tensors, tokenizer and templates are read from. A .gguf's
    /// hash is the file's; a folder's that of its listing, so that anyone can check it:
    /// `(cd BASE && LC_ALL=C sha256sum config.json *.safetensors | sha256sum)`.
    ///
    /// - Parameters:
    ///   - cache: spares reading weights that are known to it.
    ///   - rereading: the cache is not asked; it remembers what is read.
    /// - Throws: `ModelFilesError.missing` where something is absent; `.mismatch` where a file is not the one any more that was opened.
    package static func ofBase(
        _ files: BaseModelFiles, cache: HashCache? = nil, rereading: Bool = false
    ) throws -> BaseHash {
        let hash =
            if let gguf = files.gguf { try gguf.file.sha256(cache: cache, rereading: rereading) } else {
                try ofFolder(files.folder, cache, rereading)
            }
        return BaseHash(
            path: files.path, sha256: hash, tokenizerSHA256: try ofTokenizer(files),
            tokenizerSHA256Version1: try ofTokenizerVersion1(files), modelType: files.configuration.modelType,
            parameters: files.parameterCount)
    }

    private static func ofFolder(_ folder: ModelFolder, _ cache: HashCache?, _ rereading: Bool) throws -> String {
        let weights = try folder.names().filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
        // Weights that are computed with and not hashed would be nobody's.
        if let stray = folder.mappedNames.subtracting(weights).sorted().first {
            throw ModelFilesError.changed(folder.path(of: stray))
        }
        return try listing(of: ["config.json"], weights, in: folder, cache, rereading)
    }

    /// SHA-256 of what `LC_ALL=C sha256sum` prints of files in a folder: `first` in its order, then the rest sorted by
    /// the names' bytes. Those that are not there are left out.
    ///
    /// - Throws: `ModelFilesError.unsupported` for a name that sha256sum would not print as it is; as reading the files.
    static func listing(
        of first: [String], _ rest: [String] = [], in folder: ModelFolder, _ cache: HashCache? = nil,
        _ rereading: Bool = false
    ) throws -> String {
        let names = first + rest.sorted { ExactString($0) < ExactString($1) }
        // sha256sum escapes these, and takes a name that starts with a dash for an option.
        if let odd = names.first(where: { $0.hasPrefix("-") || $0.contains { "\\\n\r".contains($0) } }) {
            throw ModelFilesError(
                .unsupported, "\(folder.path) holds the file \(quoted(odd)), a name that cannot be listed.")
        }
        let lines = try names.compactMap { name in
            try folder.sha256(name, cache: cache, rereading: rereading).map { "\($0)  \(name)\n" }
        }
        return ofBytes(Data(lines.joined().utf8))
    }
}
