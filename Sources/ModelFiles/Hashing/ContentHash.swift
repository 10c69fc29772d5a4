import Crypto
import Foundation

/// SHA-256 of files and bases, in lower-case hexadecimal.
package enum ContentHash {
    package static func ofBytes(_ data: some DataProtocol) -> String { hexadecimal(SHA256.hash(data: data)) }

    /// The file's SHA-256, from `cache` where it knows the file unchanged.
    ///
    /// - Throws: `ModelFilesError.missing`.
    package static func ofFile(_ path: String, cache: HashCache? = nil) throws -> String {
        if let known = cache?.hash(of: path) { return known }
        let file = try MappedFile(path: path)
        var hasher = SHA256()
        let chunk = 16 << 20
        for start in stride(from: 0, to: file.size, by: chunk) {
            try file.withBytes(in: start..<min(start + chunk, file.size)) { hasher.update(bufferPointer: $0) }
        }
        let hash = hexadecimal(hasher.finalize())
        cache?.remember(hash, of: path)
        return hash
    }

    /// A .gguf's hash is the file's; a folder's that of its listing, so that anyone can check it:
    /// `(cd BASE && LC_ALL=C sha256sum config.json *.safetensors | sha256sum)`.
    ///
    /// - Throws: `ModelFilesError.missing` where something is absent; as the reader of the base's format.
    package static func ofBase(_ path: String, cache: HashCache? = nil) throws -> BaseHash {
        let files = try BaseModelFiles(path: path)
        let sha256: String
        if files.gguf != nil {
            sha256 = try ofFile(path, cache: cache)
        } else {
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
                .filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            let listing = try (["config.json"] + names).map { "\(try ofFile("\(path)/\($0)", cache: cache))  \($0)\n" }
            sha256 = ofBytes(Data(listing.joined().utf8))
        }
        return BaseHash(
            path: path, sha256: sha256, tokenizerSHA256: try ofTokenizer(files, cache: cache),
            modelType: files.configuration.modelType, parameters: files.parameterCount)
    }

    /// SHA-256 of tokenizer.json, or of a GGUF's vocabulary: for each of tokens, token_type and merges a line with the
    /// name and the count, then a line with byte length and text of each element, and last a line for each special id.
    static func ofTokenizer(_ files: BaseModelFiles, cache: HashCache?) throws -> String {
        guard let gguf = files.gguf else { return try ofFile(files.path + "/tokenizer.json", cache: cache) }
        var text = ""
        for name in ["tokens", "token_type", "merges"] {
            let values = gguf.metadata["tokenizer.ggml.\(name)"]?.arrayValue ?? []
            text += "\(name) \(values.count)\n"
            for value in values {
                let element = value.stringValue ?? value.intValue.map(String.init) ?? ""
                text += "\(element.utf8.count) \(element)\n"
            }
        }
        for name in ["model", "pre"] { text += "\(name) \(gguf.metadata["tokenizer.ggml.\(name)"]?.stringValue ?? "")\n" }
        for name in ["bos", "eos", "unknown", "padding"] {
            text += "\(name) \(gguf.metadata["tokenizer.ggml.\(name)_token_id"]?.intValue.map(String.init) ?? "")\n"
        }
        return ofBytes(Data(text.utf8))
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
