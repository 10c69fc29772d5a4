import ModelFiles
import Tensors
import Transformers

/// model.safetensors.index.json beside two good shards.
package struct ShardIndexTarget: FuzzTarget {
    package static let name = "shard-index"

    private let scratch: ScratchFolder

    package init() throws {
        scratch = try ScratchFolder()
        for number in 1...2 {
            let name = "model-0000\(number)-of-00002.safetensors"
            try scratch.copy("modelfiles/llama-sharded/\(name)", as: name)
        }
    }

    package func check(_ bytes: [UInt8]) throws {
        try scratch.write(bytes, as: "model.safetensors.index.json")
        guard let source = try accepted({ try ShardedSafetensors(folder: ModelFolder(scratch.path)) }) else { return }
        _ = try TensorReading.all(source, fileBytes: 1 << 20)
    }
}
