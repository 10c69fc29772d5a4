import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("GGUF files of the families against transformers' values (scripts/reference/gguf_families)")
struct GGUFFamilyTests {
    /// Of decoders.
    static let names = FamilyFixture.ggufs.filter { !FamilyFixture.encoderGGUFs.contains($0) }

    @Test("There is a fixture of every family with a mapping")
    func complete() throws {
        let types = try FamilyFixture.ggufs.map {
            try BaseModelFiles(path: Fixtures.path("gguf-families/\($0).gguf")).configuration.modelType
        }
        let mapped = ModelFamilies.all.filter { $0.files.gguf.architecture != nil }.map(\.modelType)
        #expect(Set(types) == Set(mapped))
    }

    @Test("Logits of rows within and beyond windows and original positions equal transformers'", arguments: names)
    func logits(name: String) throws {
        let model = try LanguageModel.load(
            BaseModelFiles(path: Fixtures.path("gguf-families/\(name).gguf")), dtype: .float32)
        let rows = try goldenList(Fixtures.json("gguf-families/rows.json"))
        #expect(rows.count == 2)
        for (index, row) in rows.enumerated() {
            var batch = PackedBatch()
            batch.append(tokens: try goldenIntegers(row), labels: [])
            let found = try model.logits(batch.labelledEverywhere()).values
            let expected = try Fixtures.tensor("logits.\(index)", in: "gguf-families/\(name).safetensors").values
            #expect(firstDifference(found, expected, relative: 1e-4, absolute: 2e-4) == nil, "row \(index)")
        }
    }

    @Test("Frequencies divided by a tensor's factors are those that Llama 3's own settings give")
    func frequencyFactors() throws {
        let gguf = try BaseModelFiles(path: Fixtures.path("gguf-families/llama3.gguf"))
        #expect(!gguf.tensorNames.contains { $0.contains("rope") })
        let settings = try JSONReader.parse(file: Fixtures.path("gguf-families/llama3.config.json"))
        #expect(settings["rope_parameters"]?["rope_type"]?.stringValue == "llama3")
        let other = try OtherConfiguration(base: gguf, members: settings.objectValue?.members ?? [])
        let batch = try Self.longRow()
        let found = try LanguageModel.load(gguf, dtype: .float32).logits(batch).values
        let expected = try LanguageModel.load(other, dtype: .float32).logits(batch).values
        #expect(firstDifference(found, expected, relative: 1e-5, absolute: 1e-5) == nil)
        let unscaled = try OtherConfiguration(base: gguf, members: [])
        let without = try LanguageModel.load(unscaled, dtype: .float32).logits(batch).values
        #expect(firstDifference(found, without, relative: 1e-2, absolute: 1e-2) != nil)
    }

    /// The fixture's longer row.
    private static func longRow() throws -> PackedBatch {
        var batch = PackedBatch()
        let rows = try goldenList(Fixtures.json("gguf-families/rows.json"))
        batch.append(tokens: try goldenIntegers(rows.first), labels: [])
        return batch.labelledEverywhere()
    }

    @Test("BERT's last hidden states, of either token type, equal transformers'")
    func hiddenStates() throws {
        let base = try BaseModelFiles(path: Fixtures.path("gguf-families/bert.gguf"))
        let hidden = base.configuration.hiddenSize
        // With these two, logits are tanh(hidden / 10).
        let source = WithHead(base: base, scale: 0.1)
        let model = try LanguageModel.load(
            source, dtype: .float32, task: ClassificationTask(classes: hidden, seed: 1))
        #expect(try #require(model.classifier).isFresh == false)
        for (index, row) in try goldenList(Fixtures.json("gguf-families/rows.json")).enumerated() {
            let tokens = try goldenIntegers(row)
            let expected = try Fixtures.tensor("hidden.\(index)", in: "gguf-families/bert.safetensors")
            for position in tokens.indices {
                var batch = PackedBatch()
                batch.append(
                    tokens: tokens, types: tokens.map { _ in index }, position: position, class: 0)
                let found = try model.logits(batch).values.map { 10 * atanh($0) }
                let wanted = expected.rows(position..<(position + 1)).values
                #expect(firstDifference(found, wanted, relative: 1e-4, absolute: 1e-4) == nil, "\(index), \(position)")
            }
        }
    }

    @Test(
        "Every tensor is found under a Hugging Face name, and some rows of it are the whole's",
        arguments: names + ["bert"])
    func tensors(name: String) throws {
        let base = try BaseModelFiles(path: Fixtures.path("gguf-families/\(name).gguf"))
        for tensor in base.tensorNames {
            #expect(!tensor.contains("blk."))
            guard let info = base.info(tensor), info.rows > 2, !tensor.contains("rope_") else { continue }
            let whole = Matrix(rows: info.rows, columns: info.columns)
            try base.read(tensor, into: whole)
            let some = Matrix(rows: 2, columns: info.columns)
            try base.read(tensor, rows: 1..<3, into: some)
            #expect(some.values == whole.rows(1..<3).values, "\(tensor)")
        }
    }
}

/// An encoder with a pooler of `scale` times the identity and a classifier of the identity.
private struct WithHead: WeightSource {
    let base: BaseModelFiles
    let scale: Float

    var configuration: ModelConfiguration { base.configuration }
    private var factors: [String: Float] { ["pooler.dense": scale, "classifier": 1] }

    func shape(of name: String) -> [Int]? {
        let hidden = configuration.hiddenSize
        let shapes = factors.keys.flatMap { [("\($0).weight", [hidden, hidden]), ("\($0).bias", [hidden])] }
        return shapes.first { $0.0 == name }?.1 ?? base.shape(of: name)
    }

    func verifyComplete(expected: [String: [Int]], ignoring isIgnored: (String) -> Bool) throws {
        try base.verifyComplete(expected: expected, ignoring: isIgnored)
    }

    func read(_ name: String, into matrix: Matrix) throws {
        guard let (module, factor) = factors.first(where: { name.hasPrefix($0.key) }) else {
            return try base.read(name, into: matrix)
        }
        matrix.fill(0)
        guard name == "\(module).weight" else { return }
        for index in 0..<matrix.rows { matrix[index, index] = factor }
    }
}
