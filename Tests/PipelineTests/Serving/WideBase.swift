import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

/// llama-tiny with rows of 256, so that every type of blocks has a place, and an adapter on all of its projections.
struct WideBase {
    let folder: String
    let adapter: String

    /// - Parameters:
    ///   - folder: where both are written.
    ///   - strength: of the adapter's B.
    init(in folder: String, dtype: FileDType = .f32, strength: Float = 0.05) throws {
        self.folder = folder + "/wide"
        adapter = folder + "/adapter"
        try FileManager.default.copyItem(atPath: Fixtures.path("llama-tiny/base"), toPath: self.folder)
        let sizes = ["hidden_size": 256, "intermediate_size": 512, "head_dim": 64]
        var config = try #require(try Fixtures.json("llama-tiny/base/config.json").objectValue)
        for (key, size) in sizes { config = config.setting(key, to: .integer(size)) }
        config = config.setting("dtype", to: .string(dtype.torchName))
        try Data(JSONText.document(.object(config)).utf8)
            .write(to: URL(fileURLWithPath: self.folder + "/config.json"))
        let tiny = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
        // 32 and 64 are sizes of the tiny one that these take the place of.
        let wider = [32: 256, 64: 512, 16: 128]
        let entries = try tiny.tensorNames.enumerated().map { index, name in
            let info = try #require(tiny.info(name))
            var shape = info.shape.map { wider[$0] ?? $0 }
            if name.contains("q_proj") || name.contains("o_proj") { shape = [256, 256] }
            let matrix = Matrix(rows: shape.count < 2 ? 1 : shape[0], columns: shape.last ?? 1)
            let random = Philox(seed: 7, streamNumber: UInt32(index))
            for row in 0..<matrix.rows {
                for column in 0..<matrix.columns {
                    let uniform = random.uniform(step: 0, position: UInt64(row * matrix.columns + column))
                    matrix[row, column] = shape.count < 2 ? 1 : 0.3 * (uniform - 0.5)
                }
            }
            return TensorEntry(name: name, matrix: matrix, shape: shape)
        }
        let path = self.folder + "/model.safetensors"
        try SafetensorsWriter.write(entries, dtype: dtype, metadata: ["format": "pt"], to: path)
        try Self.writeAdapter(to: adapter, base: self.folder, strength: strength)
    }

    /// An adapter of a base, with its record, that moves every targeted projection.
    static func writeAdapter(
        _ configuration: AdapterConfiguration = AdapterConfiguration(rank: 4, alpha: 8, targets: ["all-linear"]),
        to folder: String, base: String, strength: Float = 0.3
    ) throws {
        let files = try BaseModelFiles(path: base)
        let model = try LanguageModel.load(files, dtype: .float32)
        let adapter = try Adapter.attach(configuration, to: model, seed: 1)
        for module in adapter.modules {
            let b = module.b.value
            for row in 0..<b.rows {
                for column in 0..<b.columns { b[row, column] = strength * sin(Float(7 * row + column)) }
            }
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try adapter.save(folder: folder, identity: BaseIdentity(ContentHash.ofBase(files)), baseModel: base)
    }
}
