/// One `.safetensors` file: eight bytes of header length, a JSON header, the data.
///
/// https://huggingface.co/docs/safetensors/index#format
package final class SafetensorsFile: MappedTensorSource {
    let file: MappedFile
    package let tensors: [String: TensorInfo]
    /// The header's `__metadata__`.
    package let metadata: [String: String]

    /// - Throws: `ModelFilesError.missing`; `.malformed` where a length, shape or offset does not fit the file, tensors
    ///   overlap or leave gaps; `.unsupported` for an element type of unknown size, or a Git LFS pointer.
    package convenience init(path: String) throws { try self.init(MappedFile(path: path)) }

    /// - Throws: as `init(path:)`.
    init(_ file: MappedFile) throws {
        self.file = file
        try file.refuseLFSPointer()
        let header = try SafetensorsHeader(of: file)
        tensors = header.tensors
        metadata = header.metadata
    }
}
