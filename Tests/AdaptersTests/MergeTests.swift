import Adapters
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Merged weights")
struct MergeTests {
    @Test("Merged weights equal PEFT's, and answer as the adapter does")
    func merged() throws {
        try withTemporaryFolder { folder in
            let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
            let model = try LanguageModel.load(base, dtype: .float32)
            let adapter = try Adapter.load(folder: Fixtures.path("adapters/all-linear"), into: model)
            let path = folder + "/merged.safetensors"
            try MergedWeights.writeOverlay(adapter, base: base, dtype: .f32, to: path)
            let source = try MergedSource(base: base, overlay: path)
            for name in ["model.layers.0.self_attn.q_proj.weight", "model.layers.1.mlp.down_proj.weight"] {
                let expected = try Fixtures.tensor("all_linear_merged.\(name)", in: "llama-tiny/forward.safetensors")
                let found = Matrix(rows: expected.rows, columns: expected.columns)
                try source.read(name, into: found)
                #expect(firstDifference(found.values, expected.values, relative: 1e-6, absolute: 1e-6) == nil)
            }
            let rows = try goldenList(Fixtures.json("llama-tiny/batch.json"))
            let batch = try PackedBatch(reference: rows).labelledEverywhere()
            let mergedModel = try LanguageModel.load(source, dtype: .float32)
            let difference = firstDifference(
                try mergedModel.logits(batch).values, try model.logits(batch).values, relative: 1e-4, absolute: 1e-4)
            #expect(difference == nil)
        }
    }

    @Test("Singular values of the update: their squares sum to its squared norm, and none exceeds the rank's number")
    func spectrum() throws {
        let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
        let model = try LanguageModel.load(base, dtype: .float32)
        let adapter = try Adapter.load(folder: Fixtures.path("adapters/query-value"), into: model)
        for (spectrum, module) in try paired(try adapter.spectra(base: base), adapter.modules) {
            let update = Matrix(rows: module.slot.outputs, columns: module.slot.inputs)
            multiply(.plain(module.b.value), .plain(module.a.value), into: update, scale: 2)
            let squares = spectrum.singularValues.reduce(0) { $0 + $1 * $1 }
            #expect(spectrum.singularValues.count == 4)
            #expect(abs(squares - Kernels.squaredNorm(update)) < 1e-4 * squares)
        }
    }
}
