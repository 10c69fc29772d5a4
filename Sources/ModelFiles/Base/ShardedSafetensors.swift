import Foundation
import Tensors

/// The tensors of a Hugging Face folder: `model.safetensors`, or the shards that `model.safetensors.index.json` names.
package final class ShardedSafetensors: TensorSource {
    package let tensors: [String: TensorInfo]
    package let location: String
    /// Whether an index names the files.
    let isSharded: Bool
    private let owners: [String: SafetensorsFile]

    /// The one file of a folder that is not sharded, and what names the files of one that is.
    package static let singleName = "model.safetensors"
    package static let indexName = "model.safetensors.index.json"

    /// Reads `model.safetensors` where there is one, as transformers does, else the index.
    ///
    /// - Throws: `ModelFilesError.missing` where there are no weights or a shard is absent, `.unsupported`
    ///   where they are of another format, `.malformed` where index and
    ///   shards disagree or the index names a file outside the folder, `.forbidden`; as `SafetensorsFile`.
    package init(folder: ModelFolder) throws {
        location = folder.path
        let (single, index) = (Self.singleName, Self.indexName)
        var owners: [String: SafetensorsFile] = [:]
        if folder.has(single) {
            let file = try SafetensorsFile(folder.mapped(single))
            for name in file.tensors.keys { owners[name] = file }
            isSharded = false
        } else if let map = try folder.json(index) {
            owners = try Self.shards(map, index: folder.path(of: index), folder: folder)
            isSharded = true
        } else {
            throw Self.noWeights(folder.path)
        }
        self.owners = owners
        var tensors: [String: TensorInfo] = [:]
        for (name, file) in owners { tensors[name] = file.tensors[name] }
        self.tensors = tensors
    }

    package func read(_ name: String, rows: Range<Int>, into matrix: Matrix) throws {
        _ = try info(name)
        try owners[name]?.read(name, rows: rows, into: matrix)
    }

    package func blocks(_ name: String) throws -> StoredBlocks {
        let info = try info(name)
        guard let owner = owners[name] else { preconditionFailure("a tensor of no file: \(info.name)") }
        return try owner.blocks(name)
    }

    /// The name of the file that holds a tensor.
    func fileName(of name: String) -> String? {
        owners[name].map { URL(fileURLWithPath: $0.file.path).lastPathComponent }
    }

    /// Whether two tensors are alike: in type, in shape, and byte for byte.
    ///
    /// - Throws: `ModelFilesError.mismatch` where a file was changed since it was opened.
    func holdsEqual(_ one: TensorInfo, _ other: TensorInfo) throws -> Bool {
        guard one.dtype == other.dtype, one.shape == other.shape, let first = owners[one.name],
            let second = owners[other.name]
        else { return false }
        return try first.file.withBytes(in: one.range) { bytes in
            try second.file.withBytes(in: other.range) { others in
                guard let start = bytes.baseAddress, let otherStart = others.baseAddress else { return true }
                return memcmp(start, otherStart, bytes.count) == 0
            }
        }
    }

    private static func noWeights(_ folder: String) -> ModelFilesError {
        let others = [
            "pytorch_model.bin", "pytorch_model.bin.index.json", "consolidated.00.pth", "tf_model.h5",
            "flax_model.msgpack",
        ]
        guard let other = others.first(where: { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }) else {
            return ModelFilesError(
                .missing, "\(folder) holds neither model.safetensors nor model.safetensors.index.json.",
                advice: "lorad reads weights from safetensors or GGUF files only.")
        }
        return ModelFilesError(
            .unsupported, "\(folder) holds its weights as \(other), not as safetensors.",
            cause: "lorad does not open pickled checkpoints, which can run code, nor other frameworks' formats.",
            advice: "Convert it once, where the transformers library is: python -c \"from transformers import "
                + "AutoModelForCausalLM as M; M.from_pretrained('\(folder)').save_pretrained('\(folder)-safetensors')\" "
                + "(AutoModelForSequenceClassification or AutoModel for an encoder), and copy the tokenizer's files.")
    }

    private static func shards(
        _ document: JSONValue, index: String, folder: ModelFolder
    ) throws -> [String: SafetensorsFile] {
        guard let map = document["weight_map"]?.objectValue else {
            throw ModelFilesError(.malformed, "\(index) has no object weight_map.")
        }
        var files: [String: SafetensorsFile] = [:]
        var owners: [String: SafetensorsFile] = [:]
        for (tensor, value) in map.members {
            guard let name = value.stringValue, isFileName(name) else {
                throw ModelFilesError(
                    .malformed, "\(index) places the tensor \(quoted(tensor)) outside its folder's .safetensors files.")
            }
            let file = try files[name] ?? SafetensorsFile(folder.mapped(name))
            files[name] = file
            guard file.tensors[tensor] != nil else {
                throw ModelFilesError(
                    .malformed, "\(index) places the tensor \(quoted(tensor)) in \(name), which lacks it.")
            }
            owners[tensor] = file
        }
        for (name, file) in files.sorted(by: { $0.key < $1.key }) {
            if let stray = file.tensors.keys.sorted().first(where: { owners[$0] !== file }) {
                throw ModelFilesError(
                    .malformed, "\(name) holds the tensor \(quoted(stray)), which \(index) does not place there.")
            }
        }
        return owners
    }

    /// A plain file name: a path could leave the folder, a NUL would end the name early in the system call.
    private static func isFileName(_ name: String) -> Bool {
        name.hasSuffix(".safetensors") && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0)
    }
}
