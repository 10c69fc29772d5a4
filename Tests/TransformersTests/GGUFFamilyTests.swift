import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("GGUF files of the families against transformers' values (scripts/reference/gguf_families)")
struct GGUFFamilyTests {
    static let names = ["qwen2", "qwen3", "gemma2", "gemma3", "phi3", "phi3-longrope", "gpt2"]

    @Test("Logits of rows within and beyond windows and original positions equal transformers'", arguments: names)
    func logits(name: String) throws {
        let model = try LanguageModel.load(
            BaseModelFiles(path: Fixtures.path("gguf-families/\(name).gguf")), dtype: .float32)
        let rows = try Fixtures.json("gguf-families/rows.json").arrayValue ?? []
        #expect(rows.count == 2)
        for (index, row) in rows.enumerated() {
            var batch = PackedBatch()
            batch.append(tokens: (row.arrayValue ?? []).compactMap(\.intValue), labels: [])
            let found = try model.logits(batch.labelledEverywhere()).values
            let expected = try Fixtures.tensor("logits.\(index)", in: "gguf-families/\(name).safetensors").values
            #expect(firstDifference(found, expected, relative: 1e-4, absolute: 2e-4) == nil, "row \(index)")
        }
    }

    @Test("Every tensor is found under a Hugging Face name, and some rows of it are the whole's", arguments: names)
    func tensors(name: String) throws {
        let base = try BaseModelFiles(path: Fixtures.path("gguf-families/\(name).gguf"))
        for tensor in base.tensorNames {
            #expect(!tensor.contains("blk."))
            guard let info = base.info(tensor), info.rows > 2, !tensor.contains("rope_factors") else { continue }
            let whole = Matrix(rows: info.rows, columns: info.columns)
            try base.read(tensor, into: whole)
            let some = Matrix(rows: 2, columns: info.columns)
            try base.read(tensor, rows: 1..<3, into: some)
            #expect(some.values == whole.rows(1..<3).values, "\(tensor)")
        }
    }
}
