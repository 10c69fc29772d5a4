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
    package init(path: String) throws {
        file = try MappedFile(path: path)
        try file.refuseLFSPointer()
        let header = try SafetensorsHeader(of: file)
        tensors = header.tensors
        metadata = header.metadata
    }
}
