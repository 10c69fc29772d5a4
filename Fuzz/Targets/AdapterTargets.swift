import Adapters
import Foundation
import ModelFiles
import Tensors
import Transformers

/// The adapter of the fixtures beside a model that it fits.
private struct AdapterFolder {
    let scratch: ScratchFolder
    let model: LanguageModel

    init() throws {
        scratch = try ScratchFolder()
        for name in ["config.json", "model.safetensors"] { try scratch.copy("llama-tiny/base/\(name)", as: name) }
        model = try LanguageModel.load(BaseModelFiles(path: scratch.path), dtype: .float32)
        for name in ["adapter_config.json", "adapter_model.safetensors"] {
            try scratch.copy("adapters/query-value/\(name)", as: name)
        }
    }

    /// Loads the adapter; one that fits is written and loaded again.
    func check() throws {
        guard let adapter = try accepted({ try Adapter.load(folder: scratch.path, into: model) }) else { return }
        let values = adapter.parameters.map(\.value.values)
        adapter.detach()
        let copy = scratch.path + "/copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        let identity = BaseIdentity(baseSHA256: "0", tokenizerSHA256: "0")
        let saved: Void? = try accepted { try adapter.save(folder: copy, identity: identity, baseModel: "base") }
        guard saved != nil else { return }
        let again = try Adapter.load(folder: copy, into: model, expecting: identity)
        again.detach()
        try require(again.configuration.rank == adapter.configuration.rank, "the rank changed")
        try require(again.configuration.alpha == adapter.configuration.alpha, "alpha changed")
        let equal = zip(values, again.parameters.map(\.value.values)).allSatisfy { pair in
            zip(pair.0, pair.1).allSatisfy { $0.bitPattern == $1.bitPattern }
        }
        try require(equal, "A or B changed")
    }
}

/// adapter_config.json beside weights that fit the model.
package struct AdapterConfigurationTarget: FuzzTarget {
    package static let name = "adapter-configuration"

    private let folder: AdapterFolder

    package init() throws { folder = try AdapterFolder() }

    package func check(_ bytes: [UInt8]) throws {
        try folder.scratch.write(bytes, as: "adapter_config.json")
        try folder.check()
    }
}

/// adapter_model.safetensors beside a configuration that fits the model.
package struct AdapterWeightsTarget: FuzzTarget {
    package static let name = "adapter-weights"

    private let folder: AdapterFolder

    package init() throws { folder = try AdapterFolder() }

    package func check(_ bytes: [UInt8]) throws {
        try folder.scratch.write(bytes, as: "adapter_model.safetensors")
        try folder.check()
    }
}
