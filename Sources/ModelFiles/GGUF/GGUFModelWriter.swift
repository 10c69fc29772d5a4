import Tensors

/// Writes a model's changed weights as a GGUF that llama.cpp loads in the place of the GGUF that they came from.
package enum GGUFModelWriter {
    /// llama.cpp's `general.file_type` of a model stored mostly in one type.
    private static let fileTypes: [FileDType: UInt32] = [.f32: 0, .f16: 1, .q8_0: 7, .bf16: 32]

    /// Writes tensors given under Hugging Face names and layout. Metadata, tokenizer included, is the base's but for the
    /// file type; its keys are sorted, the architecture first. Matrices are stored as `dtype`, vectors as F32, which
    /// llama.cpp requires; q and k get llama.cpp's row order.
    ///
    /// - Throws: as `GGUFWriter`; `.unsupported` where the base is no GGUF or a tensor is not of its architecture.
    package static func write(_ tensors: [TensorEntry], base: BaseModelFiles, dtype: FileDType, to path: String) throws
    {
        guard let gguf = base.gguf, let fileType = fileTypes[dtype] else {
            throw ModelFilesError(
                .unsupported, "\(path): a GGUF is written from a base in GGUF, as F32, F16, BF16 or Q8_0.",
                advice: "Export safetensors, and convert them with llama.cpp's own script.")
        }
        let architecture = try GGUFArchitecture.of(gguf)
        let headDim = base.configuration.headDim
        let stored = try TensorEntry.sorted(tensors, for: path).map { entry -> GGUFWriter.Tensor in
            guard let (name, isPermuted) = architecture.ggufName(entry.name) else {
                throw ModelFilesError(
                    .unsupported,
                    "\(path): the tensor \(quoted(entry.name)) has no place in a \(architecture.name) GGUF.")
            }
            let renamed = TensorEntry(name: name, shape: entry.shape) {
                isPermuted ? try permuted(try entry.load(), name: entry.name, headDim: headDim) : try entry.load()
            }
            return (renamed, entry.shape.count < 2 ? .f32 : dtype)
        }
        try GGUFWriter.write(metadata: metadata(of: gguf, fileType: fileType), tensors: stored, to: path)
    }

    private static func metadata(of gguf: GGUFFile, fileType: UInt32) -> [(key: String, value: GGUFValue)] {
        var metadata = gguf.metadata
        metadata["general.file_type"] = .uint32(fileType)
        // The writer aligns to the default.
        metadata["general.alignment"] = nil
        let first = "general.architecture"
        let keys = metadata.keys.sorted { left, right in
            left == first || right == first ? left == first && right != first : ExactString(left) < ExactString(right)
        }
        return keys.compactMap { key in metadata[key].map { (key, $0) } }
    }

    private static func permuted(_ matrix: Matrix, name: String, headDim: Int) throws -> Matrix {
        guard matrix.rows % headDim == 0 else {
            throw ModelFilesError(
                .mismatch,
                "The tensor \(quoted(name)) has \(matrix.rows) rows, no multiple of the head dimension \(headDim).")
        }
        let permuted = Matrix(rows: matrix.rows, columns: matrix.columns)
        RotaryPermutation.apply(matrix, headDim: headDim, into: permuted)
        return permuted
    }
}
