import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("config.json's keys and vocabulary heads as transformers reads them (scripts/reference/configurations.py)")
struct ConfigurationReferenceTests {
    private static let document = try? Fixtures.json("configurations/cases.json")
    private static let cases = document?["cases"]?.arrayValue ?? []
    private static let encoders = (document?["encoders"]?.arrayValue ?? []).compactMap(\.stringValue)

    @Test("All cases are there")
    func complete() {
        #expect(Self.cases.count == 55)
        #expect(Self.cases.filter { $0["refused"] != nil }.count == 2)
        #expect(Self.encoders.count == 4)
    }

    @Test("transformers' logits, or refused as there", arguments: cases.indices)
    func decoders(_ index: Int) throws {
        let sample = Self.cases[index]
        let name = try #require(sample["folder"]?.stringValue)
        let changes = try #require(sample["config"]?.objectValue)
        try withTemporaryFolder { folder in
            try configure(Fixtures.path("families/\(name)"), changes, to: folder)
            try store(head: sample["head"]?.stringValue, of: Fixtures.path("families/\(name)"), to: folder)
            guard sample["refused"] == nil else {
                #expect(throws: (any Error).self) {
                    try LanguageModel.load(BaseModelFiles(path: folder), dtype: .float32)
                }
                return
            }
            let model = try LanguageModel.load(BaseModelFiles(path: folder), dtype: .float32)
            let ids = try goldenIntegers(sample["ids"])
            var batch = PackedBatch()
            batch.append(tokens: ids, labels: [(ids.count - 1, 0)])
            let expected = try goldenNumbers(sample["logits"]).map { Float($0) }
            #expect(expected.count == 97)
            let found = try model.logits(batch).values
            #expect(firstDifference(found, expected, relative: 1e-4, absolute: 2e-5) == nil, "\(name) \(changes)")
        }
    }

    @Test("An encoder is the same with keys that its family does not have", arguments: encoders)
    func foreignKeys(_ name: String) throws {
        let sample = ClassifierCase(name: name)
        let foreign = try #require(Self.document?["foreign"]?.objectValue)
        try withTemporaryFolder { folder in
            try configure(sample.basePath, foreign, to: folder)
            let files = FileManager.default
            for file in try files.contentsOfDirectory(atPath: sample.basePath) where file.hasSuffix(".safetensors") {
                try files.copyItem(atPath: "\(sample.basePath)/\(file)", toPath: "\(folder)/\(file)")
            }
            let model = try LanguageModel.load(
                BaseModelFiles(path: folder), dtype: .float32, task: sample.task())
            #expect(try model.logits(sample.batch()).values == sample.model().logits(sample.batch()).values)
        }
    }

    @Test("Heads that do not make up the hidden size are refused", arguments: ["bert", "gpt2", "opt", "gpt_neox"])
    func uneven(_ type: String) throws {
        try withTemporaryFolder { folder in
            let sizes = type == "gpt2" ? #""n_embd":10,"n_layer":1,"n_head":4"# : #""hidden_size":10,"ffn_dim":8"#
            let text =
                #"{"model_type":"\#(type)","vocab_size":9,"num_hidden_layers":1,"num_attention_heads":4,"#
                + #""intermediate_size":8,\#(sizes)}"#
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
            let error = #expect(throws: ModelFilesError.self) { try ModelConfiguration.load(folder: folder) }
            #expect(error?.message.contains("hidden size 10") == true)
        }
    }

    /// A folder's config.json with some members set, or removed where they are null.
    private func configure(_ source: String, _ changes: JSONObject, to folder: String) throws {
        let own = try #require(try JSONReader.parse(file: source + "/config.json").objectValue)
        let kept = own.members.filter { changes[$0.key] == nil }
        let object = JSONObject(kept + changes.members.filter { !$0.value.isNull })
        try Data(JSONText.document(.object(object)).utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
    }

    /// The weights with the vocabulary head stored as the case says: see the script.
    private func store(head kind: String?, of source: String, to folder: String) throws {
        let file = try SafetensorsFile(path: source + "/model.safetensors")
        let neox = file.tensors["gpt_neox.embed_in.weight"] != nil
        let names = [
            "transformer.wte.weight", "model.decoder.embed_tokens.weight", "gpt_neox.embed_in.weight",
            "model.embed_tokens.weight",
        ]
        let embedding = try #require(names.first { file.tensors[$0] != nil })
        let head = neox ? "embed_out.weight" : "lm_head.weight"
        var entries: [TensorEntry] = []
        for info in file.tensors.values {
            let matrix = Matrix(rows: info.rows, columns: info.columns)
            try file.read(info.name, into: matrix)
            if info.name == embedding, let kind {
                let table = Matrix(rows: info.rows, columns: info.columns)
                Kernels.gatherRows(
                    matrix, rows: kind == "own" ? (0..<Int32(info.rows)).reversed() : Array(0..<Int32(info.rows)),
                    into: table)
                entries.append(TensorEntry(name: head, matrix: table))
            }
            let isReplaced = kind != nil && info.name == head || kind == "alone" && info.name == embedding
            if !isReplaced { entries.append(TensorEntry(name: info.name, matrix: matrix, shape: info.shape)) }
        }
        try SafetensorsWriter.write(entries, to: folder + "/model.safetensors")
    }
}
