import Adapters
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Adapters as GGUF")
struct GGUFAdapterFileTests {
    private func adapter(_ model: LanguageModel) throws -> Adapter {
        try Adapter.load(folder: Fixtures.path("adapters/all-linear"), into: model)
    }

    @Test("Laid over the base's own GGUF, in its row order, B·A gives the merged GGUF's weights")
    func update() throws {
        try withTemporaryFolder { folder in
            let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base-f32.gguf"))
            let model = try LanguageModel.load(base, dtype: .float32)
            let adapter = try adapter(model)
            let path = folder + "/adapter.gguf"
            try GGUFAdapterFile.write(adapter, configuration: base.configuration, name: "x", to: path)
            let merged = folder + "/model.gguf"
            try GGUFModelWriter.write(
                replacing: MergedWeights.projections(adapter, base: base), of: base, dtype: .f32, to: merged)

            let pairs = try GGUFFile(path: path)
            let (before, after) = (try #require(base.gguf), try GGUFFile(path: merged))
            #expect(pairs.metadata["general.type"] == .string("adapter"))
            #expect(pairs.metadata["adapter.type"] == .string("lora"))
            #expect(pairs.metadata["general.architecture"] == .string("llama"))
            #expect(pairs.metadata["adapter.lora.alpha"] == .float32(adapter.configuration.alpha))
            for name in ["attn_q", "attn_k", "attn_v", "ffn_down"].map({ "blk.1.\($0).weight" }) {
                let weight = try matrix(name, before)
                multiply(
                    .plain(try matrix(name + ".lora_b", pairs)), .plain(try matrix(name + ".lora_a", pairs)),
                    into: weight, scale: adapter.configuration.scaling, accumulate: true)
                let expected = try matrix(name, after).values
                #expect(firstDifference(weight.values, expected, relative: 1e-6, absolute: 1e-7) == nil, "\(name)")
            }
        }
    }

    private func matrix(_ name: String, _ file: GGUFFile) throws -> Matrix {
        let info = try #require(file.tensors[name])
        let matrix = Matrix(rows: info.rows, columns: info.columns)
        try file.read(name, into: matrix)
        return matrix
    }

    @Test("The file is compared with the adapter bit for bit")
    func check() throws {
        try withTemporaryFolder { folder in
            let configuration = try BaseModelFiles(path: Fixtures.path("llama-tiny/base")).configuration
            let adapter = try adapter(Fixtures.tinyModel())
            let path = folder + "/adapter.gguf"
            try GGUFAdapterFile.write(adapter, configuration: configuration, name: "x", to: path)
            try GGUFAdapterFile.check(path, holds: adapter, configuration: configuration)
            let b = adapter.modules[3].b.value
            b[1, 2] = b[1, 2].nextUp
            let error = #expect(throws: AdaptersError.self) {
                try GGUFAdapterFile.check(path, holds: adapter, configuration: configuration)
            }
            #expect(error?.code == .mismatch)
            #expect(error?.message.contains("lora_b") == true)
        }
    }
}
