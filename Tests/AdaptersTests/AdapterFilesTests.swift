import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Adapter files")
struct AdapterFilesTests {
    private let identity = BaseIdentity(baseSHA256: "aa", tokenizerSHA256: "bb")

    @Test("A saved adapter reads back to the same bytes and the same logits")
    func roundTrip() throws {
        try withTemporaryFolder { folder in
            let model = try Fixtures.tinyModel()
            let adapter = try Adapter.load(folder: Fixtures.path("adapters/all-linear"), into: model)
            try adapter.save(folder: folder, identity: identity, baseModel: "tiny")
            let first = try Data(contentsOf: URL(fileURLWithPath: folder + "/adapter_model.safetensors"))
            adapter.detach()
            let again = try Adapter.load(folder: folder, into: model, expecting: identity)
            #expect(again.parameters.map(\.value.values) == adapter.parameters.map(\.value.values))
            try again.save(folder: folder, identity: identity, baseModel: "tiny")
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/adapter_model.safetensors")) == first)
        }
    }

    @Test("An adapter made for another base is refused, naming both hashes")
    func wrongBase() throws {
        try withTemporaryFolder { folder in
            let model = try Fixtures.tinyModel()
            let adapter = try Adapter.attach(AdapterConfiguration(rank: 2), to: model, seed: 1)
            try adapter.save(folder: folder, identity: identity, baseModel: "tiny")
            adapter.detach()
            let other = BaseIdentity(baseSHA256: "cc", tokenizerSHA256: "bb")
            let error = #expect(throws: AdaptersError.self) {
                try Adapter.load(folder: folder, into: model, expecting: other)
            }
            #expect(error?.code == .mismatch)
            #expect(error?.message.contains("aa") == true && error?.message.contains("cc") == true)
            #expect(model.slots.allSatisfy { $0.adapter == nil })
        }
    }

    @Test("An adapter that names its tokenizer by version 1 of the hash fits the base that has it, and no other")
    func oldTokenizerHash() throws {
        try withTemporaryFolder { folder in
            let model = try Fixtures.tinyModel()
            let adapter = try Adapter.attach(AdapterConfiguration(rank: 2), to: model, seed: 1)
            try adapter.save(folder: folder, identity: identity, baseModel: "tiny")
            adapter.detach()
            let now = BaseIdentity(baseSHA256: "aa", tokenizerSHA256: "new", tokenizerSHA256Version1: "bb")
            try Adapter.load(folder: folder, into: model, expecting: now).detach()
            let other = BaseIdentity(baseSHA256: "aa", tokenizerSHA256: "new", tokenizerSHA256Version1: "old")
            let error = #expect(throws: AdaptersError.self) {
                try Adapter.load(folder: folder, into: model, expecting: other)
            }
            #expect(error?.message.contains("for the tokenizer bb, not for new") == true)
        }
    }

    @Test("A wrong target lists what there is and the closest name")
    func wrongTarget() throws {
        let model = try Fixtures.tinyModel()
        let error = #expect(throws: AdaptersError.self) {
            try Adapter.attach(AdapterConfiguration(targets: ["q_porj"]), to: model, seed: 1)
        }
        #expect(error?.message.contains("did you mean 'q_proj'") == true)
        #expect(error?.advice?.contains("down_proj") == true)
    }

    @Test(
        "Configurations of other methods are refused by the name of the field",
        arguments: [
            ("\"use_qalora\": true", "use_qalora"), ("\"enable_lora\": [true]", "enable_lora"),
            ("\"surprise\": 7", "surprise"),
        ])
    func unsupported(field: String, name: String) throws {
        try withTemporaryFolder { folder in
            let text =
                "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 8, \"target_modules\": [\"q_proj\"], \(field)}"
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/adapter_config.json"))
            let error = #expect(throws: AdaptersError.self) {
                try Adapter.load(folder: folder, into: Fixtures.tinyModel())
            }
            #expect(error?.code == .unsupported)
            #expect(error?.message.contains(name) == true)
        }
    }

    @Test("Missing, unexpected and misshapen tensors are all named")
    func wrongTensors() throws {
        try withTemporaryFolder { folder in
            let model = try Fixtures.tinyModel()
            let adapter = try Adapter.attach(AdapterConfiguration(rank: 2, targets: ["q_proj"]), to: model, seed: 1)
            try adapter.save(folder: folder, identity: identity, baseModel: "tiny")
            adapter.detach()
            let prefix = "base_model.model.model.layers.0.self_attn.q_proj.lora_"
            try SafetensorsWriter.write(
                [
                    .init(name: prefix + "A.weight", matrix: Matrix(rows: 3, columns: 32)),
                    .init(name: "stranger", matrix: Matrix(rows: 1, columns: 1)),
                ], to: folder + "/adapter_model.safetensors")
            let error = #expect(throws: AdaptersError.self) { try Adapter.load(folder: folder, into: model) }
            for part in ["A.weight has the shape [3, 32]", prefix + "B.weight is missing", "stranger is unexpected"] {
                #expect(error?.message.contains(part) == true)
            }
        }
    }

    @Test("An untrained adapter is a zero update")
    func zeroUpdate() throws {
        let adapter = try Adapter.attach(AdapterConfiguration(), to: Fixtures.tinyModel(), seed: 1)
        let error = #expect(throws: AdaptersError.self) { try adapter.checkMeaningful() }
        #expect(error?.code == .zeroUpdate)
    }
}
