import Tensors

/// Writes whole models as GGUF, as llama.cpp and transformers load them.
///
/// Metadata keys are sorted, the architecture first. Vectors are stored as F32, which llama.cpp requires; q and k get
/// llama.cpp's row order, see `RotaryPermutation`. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
package enum GGUFModelWriter {
    /// Name of the file in a folder that holds a merged model.
    package static let fileName = "model.gguf"

    /// llama.cpp's `general.file_type` of a model stored mostly in one type.
    private static let fileTypes: [FileDType: UInt32] = [
        .f32: 0, .f16: 1, .q4_0: 2, .q4_1: 3, .q8_0: 7, .q5_0: 8, .q5_1: 9, .q4k: 15, .q6k: 18, .bf16: 32,
    ]
    /// ggml's version of its blocks, which a file that holds any must state.
    private static let quantisationVersion: GGUFValue = .uint32(2)
    /// The vocabulary head's weight, which a file lacks where that is the embedding's.
    private static let headName = "output.weight"

    /// Writes a GGUF base with some of its tensors replaced, given under Hugging Face names and layout; all others keep
    /// their bytes, and all their order. A head that the base does not have comes last, where llama.cpp reads one.
    /// Metadata, tokenizer included, is the base's but for the file type.
    ///
    /// - Parameter dtype: of the replaced matrices.
    /// - Throws: as `GGUFWriter`; `ModelFilesError.unsupported` where the base is no GGUF, `.mismatch` for a tensor that
    ///   it does not have.
    package static func write(
        replacing tensors: [TensorEntry], of base: BaseModelFiles, dtype: FileDType, to path: String
    ) throws {
        guard let gguf = base.gguf else {
            throw ModelFilesError(.unsupported, "\(path): tensors can only be replaced in a base that is a GGUF.")
        }
        try rewrite(gguf, of: base, replacing: tensors, to: path, type: { _, shape in shape.count < 2 ? .f32 : dtype })
        {
            ($0, $1.dtype)
        }
    }

    /// Writes a GGUF base with some of its tensors replaced as above, and all that are wider than `mix` has them in the
    /// mix's types. What takes fewer bits already keeps its bytes: nothing would be won.
    ///
    /// - Throws: as `write(replacing:of:dtype:to:)`.
    package static func write(
        replacing tensors: [TensorEntry], of base: BaseModelFiles, requantised type: FileDType, to path: String
    ) throws {
        guard let gguf = base.gguf else {
            throw ModelFilesError(.unsupported, "\(path): tensors can only be replaced in a base that is a GGUF.")
        }
        let mix = GGUFTypeMix(
            type, layers: base.configuration.layers,
            isTied: gguf.tensors[headName] == nil && !replacesHead(tensors, of: base))
        try rewrite(gguf, of: base, replacing: tensors, to: path, type: mix.type) { entry, info in
            let wanted = mix.type(of: info.name, shape: info.shape)
            let isNarrower = info.dtype.bitsPerElement <= wanted.bitsPerElement
            return (entry, isNarrower || !info.dtype.isReadable ? info.dtype : wanted)
        }
    }

    /// - Parameters:
    ///   - type: of a replaced tensor, by its name in the file and its shape.
    ///   - kept: what becomes of a tensor that is not replaced.
    private static func rewrite(
        _ gguf: GGUFFile, of base: BaseModelFiles, replacing tensors: [TensorEntry], to path: String,
        type: (String, [Int]) -> FileDType, kept: (TensorEntry, TensorInfo) -> GGUFWriter.Tensor
    ) throws {
        let architecture = try architecture(base.configuration, path)
        let replaced = try stored(tensors, architecture, headDim: base.configuration.headDim, type: type, path: path)
        var byName = Dictionary(uniqueKeysWithValues: replaced.map { ($0.entry.name, $0) })
        let inOrder = gguf.tensors.values.sorted {
            ($0.range.lowerBound, ExactString($0.name)) < ($1.range.lowerBound, ExactString($1.name))
        }
        var all = inOrder.map { byName.removeValue(forKey: $0.name) ?? kept(TensorEntry($0, of: gguf), $0) }
        if let head = byName.removeValue(forKey: headName) {
            guard architecture.isWritten else {
                throw ModelFilesError(
                    .unsupported, "\(path): a \(architecture.name) GGUF has no head of its own beside the embedding.",
                    cause: "What is merged parts the two, which are one table in the base.",
                    advice: "Merge to safetensors, or adapt the base as a folder of safetensors.")
            }
            all.append(head)
        }
        if let unknown = byName.keys.min() {
            throw ModelFilesError(.mismatch, "\(path): the base has no tensor \(quoted(unknown)) to be replaced.")
        }
        var metadata = gguf.metadata
        if let fileType = fileType(all) { metadata["general.file_type"] = .uint32(fileType) }
        if hasBlocks(replaced) { metadata["general.quantization_version"] = quantisationVersion }
        // The writer aligns to the default.
        metadata["general.alignment"] = nil
        try GGUFWriter.write(metadata: sorted(metadata), tensors: all, to: path)
    }

    /// Writes every tensor of a model, given under Hugging Face names and layout.
    ///
    /// - Parameters:
    ///   - name: `general.name`, for people.
    ///   - tokenizer: the metadata under `tokenizer.`.
    ///   - dtype: of the matrices; of a type in blocks the mix that `GGUFTypeMix` makes of it.
    /// - Throws: as `GGUFWriter`; `ModelFilesError.unsupported` where GGUF has no such architecture or it no such tensor.
    package static func write(
        _ tensors: [TensorEntry], configuration: ModelConfiguration, name: String, tokenizer: [String: GGUFValue],
        dtype: FileDType, to path: String
    ) throws {
        let architecture = try architecture(configuration, path)
        try configuration.checkWritableAsGGUF(path)
        let isTied = !tensors.contains { architecture.ggufName($0.name)?.name == headName }
        let mix = GGUFTypeMix(dtype, layers: configuration.layers, isTied: isTied)
        let all = try stored(
            TensorEntry.sorted(tensors, for: path), architecture, headDim: configuration.headDim, type: mix.type,
            path: path)
        var metadata = configuration.ggufMetadata(architecture)
        metadata.merge(tokenizer) { _, own in own }
        metadata["general.name"] = .string(name)
        metadata["general.file_type"] = fileType(all).map { .uint32($0) }
        if hasBlocks(all) { metadata["general.quantization_version"] = quantisationVersion }
        try GGUFWriter.write(metadata: sorted(metadata), tensors: all, to: path)
    }

    private static func replacesHead(_ tensors: [TensorEntry], of base: BaseModelFiles) -> Bool {
        let architecture = base.configuration.family.gguf.architecture
        return tensors.contains { architecture?.ggufName($0.name)?.name == headName }
    }

    private static func architecture(_ configuration: ModelConfiguration, _ path: String) throws -> GGUFArchitecture {
        switch configuration.family.gguf {
        case .architecture(let architecture): return architecture
        case .none(let reason):
            throw ModelFilesError(
                .unsupported, "\(path): models of type \(quoted(configuration.modelType)) are not written as GGUF.",
                cause: reason)
        }
    }

    /// The tensors under GGUF's names and in its row order, each with the type it is stored in.
    private static func stored(
        _ tensors: [TensorEntry], _ architecture: GGUFArchitecture, headDim: Int, type: (String, [Int]) -> FileDType,
        path: String
    ) throws -> [GGUFWriter.Tensor] {
        try tensors.map { entry in
            guard let (name, layout) = architecture.ggufName(entry.name) else {
                throw ModelFilesError(
                    .unsupported,
                    "\(path): the tensor \(quoted(entry.name)) has no place in a \(architecture.name) GGUF.")
            }
            let renamed = TensorEntry(name: name, shape: layout.shape(entry.shape)) {
                try layout.apply(try entry.load(), name: entry.name, headDim: headDim)
            }
            return (renamed, type(name, renamed.shape))
        }
    }

    /// The number of the type that most matrix elements are stored in; nil for a type that has none.
    private static func fileType(_ tensors: [GGUFWriter.Tensor]) -> UInt32? {
        var elements: [FileDType: Int] = [:]
        for (entry, dtype) in tensors where entry.shape.count > 1 {
            elements[dtype, default: 0] += entry.shape.reduce(1, *)
        }
        let most = elements.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
        return most.flatMap { fileTypes[$0.key] }
    }

    private static func hasBlocks(_ tensors: [GGUFWriter.Tensor]) -> Bool {
        tensors.contains { $0.dtype.blockElements > 1 }
    }

    private static func sorted(_ metadata: [String: GGUFValue]) -> [(key: String, value: GGUFValue)] {
        let first = "general.architecture"
        return metadata.sorted { left, right in
            left.key == first || right.key == first
                ? left.key == first && right.key != first : ExactString(left.key) < ExactString(right.key)
        }.map { ($0.key, $0.value) }
    }
}
