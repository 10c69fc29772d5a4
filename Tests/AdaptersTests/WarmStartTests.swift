import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Adapters that go on from another")
struct WarmStartTests {
    private let identity = BaseIdentity(baseSHA256: "b", tokenizerSHA256: "t")

    /// Trained so far that it changes something, and written to `folder`.
    private func parent(_ folder: String, method: String = "lora") throws -> [[Float]] {
        let model = try Fixtures.tinyModel(for: method)
        let adapter = try attach(to: model, method: method, seed: 3)
        for parameter in adapter.parameters {
            for row in 0..<parameter.value.rows { parameter.value[row, 0] += Float(row) / 8 + 0.25 }
        }
        try adapter.save(folder: folder, identity: identity, baseModel: "base")
        return adapter.parameters.map(\.value.values)
    }

    private func attach(
        to model: LanguageModel, method: String = "lora", rank: Int = 4, alpha: Float = 8, seed: UInt64 = 9,
        targets: [String] = ["q_proj", "v_proj"], stabilised: Bool = false
    ) throws -> Adapter {
        try Adapter.attach(
            AdapterConfiguration(
                method: try AdapterMethods.named(method), rank: rank, alpha: alpha, targets: targets,
                isRankStabilised: stabilised), to: model, seed: seed)
    }

    @Test(
        "An adapter of any method begins with its parent's values",
        arguments: AdapterMethods.all.filter { !$0.publishesModel }.map(\.name))
    func begins(method: String) throws {
        try withTemporaryFolder { folder in
            let values = try parent(folder, method: method)
            let model = try Fixtures.tinyModel(for: method)
            let adapter = try attach(to: model, method: method)
            let start = try WarmStart(folder: folder)
            #expect(start.namesItsBase)
            #expect(try start.differences(from: adapter, on: model, identity: identity, labels: nil).isEmpty)
            try start.begin(adapter, on: model)
            #expect(adapter.parameters.map(\.value.values) == values)
        }
    }

    @Test("Every setting that differs is told with both values")
    func differences() throws {
        try withTemporaryFolder { folder in
            _ = try parent(folder)
            let start = try WarmStart(folder: folder)
            func differences(
                _ identity: BaseIdentity, _ make: (LanguageModel) throws -> Adapter
            ) throws -> [String] {
                let model = try Fixtures.tinyModel()
                return try start.differences(from: make(model), on: model, identity: identity, labels: nil).map {
                    "\($0.setting.rawValue): \($0.parent), \($0.own)"
                }
            }
            #expect(try differences(identity) { try attach(to: $0, rank: 2) } == ["rank: 4, 2"])
            #expect(try differences(identity) { try attach(to: $0, alpha: 4) } == ["alpha: 8.0, 4.0"])
            #expect(
                try differences(identity) { try attach(to: $0, targets: ["k_proj"]) }
                    == ["targets: q_proj, v_proj, k_proj"])
            #expect(
                try differences(identity) { try attach(to: $0, method: "dora", stabilised: true) }
                    == ["method: lora, dora", "use_rslora: false, true"])
            let other = BaseIdentity(baseSHA256: "c", tokenizerSHA256: "u")
            #expect(try differences(other) { try attach(to: $0) } == ["base: b, c", "tokenizer: t, u"])
            let older = BaseIdentity(baseSHA256: "b", tokenizerSHA256: "u", tokenizerSHA256Version1: "t")
            #expect(try differences(older) { try attach(to: $0) }.isEmpty)
        }
    }

    @Test("Modules with a rank of their own, as PEFT's rank_pattern gives them, are told")
    func patterns() throws {
        try withTemporaryFolder { folder in
            _ = try parent(folder)
            let path = folder + "/adapter_config.json"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let changed = text.replacingOccurrences(
                of: "\"r\": 4", with: "\"r\": 4,\n  \"rank_pattern\": {\"v_proj\": 2}")
            try #require(changed != text)
            try Data(changed.utf8).write(to: URL(fileURLWithPath: path))
            let model = try Fixtures.tinyModel()
            let found = try WarmStart(folder: folder).differences(
                from: attach(to: model), on: model, identity: identity, labels: nil)
            #expect(found.count == 1 && found[0].setting == .rank && found[0].parent.hasPrefix("2 in "))
        }
    }

    @Test("A folder without an adapter is told by the file that is missing")
    func missing() {
        #expect(throws: (any Error).self) { try WarmStart(folder: Fixtures.path("kernels")) }
    }
}
