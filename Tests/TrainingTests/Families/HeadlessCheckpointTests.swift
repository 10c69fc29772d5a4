import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

/// Checkpoints that were saved without a head leave out the first part of every name, and the first ones hold buffers.
@Suite("Checkpoints without the model's prefix")
struct HeadlessCheckpointTests {
    @Test(
        "They answer, take PEFT's adapter and merge as those with it do",
        arguments: [
            ("gpt2", "transformer.", "h.0.attn.bias"), ("opt", "model.", nil),
            ("gpt_neox", "gpt_neox.", "layers.1.attention.masked_bias"),
        ] as [(String, String, String?)])
    func names(name: String, prefix: String, buffer: String?) throws {
        try withTemporaryFolder { folder in
            let fixture = FamilyFixture(name: name)
            let base = try fixture.base()
            var entries = try base.tensorNames.map { tensor in
                let info = try #require(base.info(tensor))
                let matrix = Matrix(rows: info.rows, columns: info.columns)
                try base.read(tensor, into: matrix)
                let stripped = tensor.hasPrefix(prefix) ? String(tensor.dropFirst(prefix.count)) : tensor
                return TensorEntry(name: stripped, matrix: matrix, shape: info.shape)
            }
            if let buffer { entries.append(TensorEntry(name: buffer, matrix: Matrix(rows: 4, columns: 4))) }
            try SafetensorsWriter.write(entries, dtype: .f32, metadata: [:], to: folder + "/model.safetensors")
            try FileManager.default.copyItem(
                atPath: fixture.folder + "/config.json", toPath: folder + "/config.json")

            let files = try BaseModelFiles(path: folder)
            let model = try LanguageModel.load(files, dtype: .float32)
            let batch = try fixture.batch().labelledEverywhere()
            let expected = try fixture.tensor("base.logits").values
            #expect(firstDifference(try model.logits(batch).values, expected, relative: 1e-4, absolute: 2e-4) == nil)

            let adapter = try Adapter.load(folder: fixture.adapterFolder("all-linear"), into: model)
            let overlay = folder + "/merged.safetensors"
            try MergedWeights.writeOverlay(adapter, base: files, dtype: .f32, to: overlay)
            let merged = try LanguageModel.load(MergedSource(base: files, overlay: overlay), dtype: .float32)
            let wanted = try fixture.tensor("all-linear.merged_logits").values
            #expect(firstDifference(try merged.logits(batch).values, wanted, relative: 1e-4, absolute: 3e-4) == nil)
        }
    }
}
