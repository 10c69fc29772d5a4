import Foundation
import Tensors

/// A base on disk, a Hugging Face folder or a .gguf file, with its tensors under Hugging Face names and layout.
package final class BaseModelFiles: Sendable {
    package let path: String
    package let configuration: ModelConfiguration
    /// The GGUF, where the base is one: it carries the tokenizer too.
    package let gguf: GGUFFile?
    private let source: any TensorSource
    /// Hugging Face name to the source's own.
    private let names: [String: String]

    /// - Throws: `ModelFilesError.missing` where there is no base at `path`; as the readers of its format.
    package init(path: String) throws {
        self.path = path
        if try Self.isFolder(path) {
            let shards = try ShardedSafetensors(folder: path)
            source = shards
            gguf = nil
            configuration = try .load(folder: path)
            // Old checkpoints carry this buffer, which is computed anew.
            let weights = shards.tensors.keys.filter { !$0.hasSuffix("rotary_emb.inv_freq") }
            names = Dictionary(uniqueKeysWithValues: weights.map { ($0, $0) })
        } else {
            let file = try GGUFFile(path: path)
            source = file
            gguf = file
            configuration = try ModelConfiguration(gguf: file)
            // The frequencies of unscaled rotary positions are computed anew.
            let weights = file.tensors.keys.filter { $0 != "rope_freqs.weight" }
            names = Dictionary(uniqueKeysWithValues: weights.map { (GGUFLlamaNames.huggingFaceName($0) ?? $0, $0) })
        }
    }

    /// Hugging Face names of all tensors, sorted.
    package var tensorNames: [String] { names.keys.sorted() }

    /// Elements of all tensors.
    package var parameterCount: Int { names.values.reduce(0) { $0 + (source.tensors[$1]?.shape.reduce(1, *) ?? 0) } }

    /// The tensor's description; nil where there is none of that name.
    package func info(_ name: String) -> TensorInfo? { names[name].flatMap { source.tensors[$0] } }

    /// Reads one tensor by its Hugging Face name as float32; vectors as `[1, n]`.
    ///
    /// - Throws: `ModelFilesError.missing`, `.mismatch` where `matrix` has another shape.
    package func read(_ name: String, into matrix: Matrix) throws {
        guard let own = names[name] else {
            throw ModelFilesError(.missing, "\(path) holds no tensor \(quoted(name)).")
        }
        let isRotated = name.hasSuffix("q_proj.weight") || name.hasSuffix("k_proj.weight")
        guard gguf != nil, isRotated else { return try source.read(own, into: matrix) }
        let permuted = Matrix(rows: matrix.rows, columns: matrix.columns)
        try source.read(own, into: permuted)
        RotaryPermutation.undo(permuted, headDim: configuration.headDim, into: matrix)
    }

    /// Checks that the tensors are exactly `expected` (name to shape).
    ///
    /// - Throws: `ModelFilesError.mismatch` listing all that is missing, unexpected or misshapen.
    package func verifyComplete(expected: [String: [Int]]) throws {
        var complaints: [String] = []
        for (name, shape) in expected.sorted(by: { $0.key < $1.key }) {
            guard let info = info(name) else {
                complaints.append("\(name) is missing")
                continue
            }
            if info.shape != shape { complaints.append("\(name) has the shape \(info.shape), expected \(shape)") }
        }
        // A tied head may be stored a second time; it is the embedding.
        let tolerated = configuration.tieWordEmbeddings ? ["lm_head.weight"] : []
        complaints += tensorNames.filter { expected[$0] == nil && !tolerated.contains($0) }.map { "\(quoted($0)) is unexpected" }
        guard complaints.isEmpty else {
            let shown = complaints.prefix(20).joined(separator: "; ")
            throw ModelFilesError(
                .mismatch, "\(path) is not a complete \(configuration.modelType): \(shown)\(complaints.count > 20 ? "; …" : "").")
        }
    }

    private static func isFolder(_ path: String) throws -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ModelFilesError(
                .missing, "There is no base at \(path).", advice: "Name a Hugging Face folder or a .gguf file.")
        }
        return isFolder.boolValue
    }
}
