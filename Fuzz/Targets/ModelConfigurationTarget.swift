import ModelFiles
import Transformers

/// config.json of a Hugging Face folder.
package struct ModelConfigurationTarget: FuzzTarget {
    package static let name = "model-configuration"

    private let scratch: ScratchFolder

    package init() throws { scratch = try ScratchFolder() }

    package func check(_ bytes: [UInt8]) throws {
        try scratch.write(bytes, as: "config.json")
        guard let configuration = try accepted({ try ModelConfiguration.load(folder: scratch.path) }) else { return }
        let sizes = [
            configuration.hiddenSize, configuration.layers, configuration.heads, configuration.keyValueHeads,
            configuration.headDim, configuration.vocabularySize,
        ]
        try require(sizes.allSatisfy { $0 > 0 && $0 <= 1 << 24 }, "a size that no model has: \(sizes)")
        let family = try ModelFamilies.named(configuration.modelType)
        if let shapes = try accepted({ try family.tensorShapes(configuration) }) {
            let areSizes = shapes.values.allSatisfy { $0.allSatisfy { $0 >= 0 && $0 <= 1 << 50 } }
            try require(!shapes.isEmpty && areSizes, "tensors of impossible shapes")
            try ModelChecks.run(configuration, shapes: shapes)
        }
        // The config.json of other families is written only of what a GGUF says.
        guard family.files.gguf.architecture?.writtenMembers.isEmpty == false else { return }
        let json = configuration.huggingFaceJSON(dtype: .f32, padTokenID: nil)
        try scratch.write(Array(JSONText.document(json).utf8), as: "config.json")
        let again = try accepted { try ModelConfiguration.load(folder: scratch.path) }
        try require(again == configuration, "the configuration does not read back as written:\n\(configuration)")
    }
}
