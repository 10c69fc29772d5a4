import Foundation
import Tensors

/// The tensors of a Hugging Face folder: `model.safetensors`, or the shards that `model.safetensors.index.json` names.
package final class ShardedSafetensors: TensorSource {
    package let tensors: [String: TensorInfo]
    private let owners: [String: SafetensorsFile]
    private let folder: String

    /// - Throws: `ModelFilesError.missing` where there are no weights or a shard is absent, `.malformed` where index and
    ///   shards disagree or the index names a file outside the folder.
    package init(folder: String) throws {
        self.folder = folder
        let single = folder + "/model.safetensors"
        let index = folder + "/model.safetensors.index.json"
        var owners: [String: SafetensorsFile] = [:]
        if FileManager.default.fileExists(atPath: index) {
            owners = try Self.shards(index: index, folder: folder)
        } else {
            let file = try SafetensorsFile(path: single)
            for name in file.tensors.keys { owners[name] = file }
        }
        self.owners = owners
        tensors = Dictionary(uniqueKeysWithValues: owners.compactMap { name, file in file.tensors[name].map { (name, $0) } })
    }

    package func read(_ name: String, into matrix: Matrix) throws {
        guard let file = owners[name] else {
            throw ModelFilesError(.missing, "\(folder) holds no tensor \(quoted(name)).")
        }
        try file.read(name, into: matrix)
    }

    private static func shards(index: String, folder: String) throws -> [String: SafetensorsFile] {
        guard let map = try JSONReader.parse(file: index)["weight_map"]?.objectValue else {
            throw ModelFilesError(.malformed, "\(index) has no object weight_map.")
        }
        var files: [String: SafetensorsFile] = [:]
        var owners: [String: SafetensorsFile] = [:]
        for (tensor, value) in map.members {
            guard let name = value.stringValue, !name.contains("/"), name.hasSuffix(".safetensors") else {
                throw ModelFilesError(
                    .malformed, "\(index) places the tensor \(quoted(tensor)) outside its folder's .safetensors files.")
            }
            let file = try files[name] ?? SafetensorsFile(path: folder + "/" + name)
            files[name] = file
            guard file.tensors[tensor] != nil else {
                throw ModelFilesError(.malformed, "\(index) places the tensor \(quoted(tensor)) in \(name), which lacks it.")
            }
            owners[tensor] = file
        }
        if let unlisted = files.values.flatMap(\.tensors.keys).first(where: { owners[$0] == nil }) {
            throw ModelFilesError(.malformed, "\(index) does not list the tensor \(quoted(unlisted)) of its shards.")
        }
        return owners
    }
}
