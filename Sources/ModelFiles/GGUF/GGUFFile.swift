/// A GGUF file of version 3 or 2: metadata, tensor descriptions, aligned data.
///
/// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
package final class GGUFFile: MappedTensorSource {
    let file: MappedFile
    package let tensors: [String: TensorInfo]
    package let metadata: [String: GGUFValue]

    /// - Throws: `ModelFilesError.missing`; `.malformed` where a count, length or offset does not fit the file or tensors
    ///   overlap; `.unsupported` for another version, an element type of unknown size, one part of a split
    ///   file, or a Git LFS pointer.
    package convenience init(path: String) throws { try self.init(MappedFile(path: path)) }

    /// - Throws: as `init(path:)`.
    init(_ file: MappedFile) throws {
        let path = file.path
        self.file = file
        try file.refuseLFSPointer()
        let header = try file.withBytes { try GGUFHeader($0, path: path) }
        tensors = header.tensors
        metadata = header.metadata
        if let parts = metadata["split.count"]?.intValue, parts > 1 {
            throw ModelFilesError(
                .unsupported, "\(path) is one of \(parts) parts of a split GGUF.",
                advice: "Join them with llama.cpp: llama-gguf-split --merge FIRST-PART.gguf WHOLE.gguf")
        }
    }
}
