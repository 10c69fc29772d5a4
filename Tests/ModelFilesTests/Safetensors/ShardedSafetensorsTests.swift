import Foundation
import ModelFiles
import Testing

@Suite("Sharded safetensors")
struct ShardedSafetensorsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.copyFixture("llama-sharded")
    }

    private func rewriteIndex(_ replace: (String) -> String) throws {
        let index = folder.path + "/model.safetensors.index.json"
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: index)), as: UTF8.self)
        let changed = replace(text)
        #expect(changed != text)
        try folder.write(changed, as: "model.safetensors.index.json")
    }

    @Test("Shards hold the tensors of the single file")
    func sameAsSingle() throws {
        let single = try ShardedSafetensors(folder: Fixtures.path("llama"))
        let sharded = try ShardedSafetensors(folder: folder.path)
        #expect(Set(sharded.tensors.keys) == Set(single.tensors.keys))
        for name in single.tensors.keys { #expect(try sharded.bits(name) == single.bits(name)) }
    }

    @Test("A shard that is absent is named")
    func absentShard() throws {
        try FileManager.default.removeItem(atPath: folder.path + "/model-00002-of-00002.safetensors")
        expectError(.missing, containing: "model-00002-of-00002.safetensors") {
            try ShardedSafetensors(folder: folder.path)
        }
    }

    @Test(
        "An index cannot name a file outside its folder",
        arguments: [
            "../model-00001-of-00002.safetensors", "/etc/passwd", "x/y.safetensors", "config.json",
            "a\\u0000.safetensors",
        ])
    func outside(_ name: String) throws {
        try rewriteIndex { $0.replacingOccurrences(of: "model-00001-of-00002.safetensors", with: name) }
        expectError(.malformed, containing: "outside its folder") { try ShardedSafetensors(folder: folder.path) }
    }

    @Test("A tensor that is not where the index says is refused")
    func misplaced() throws {
        try rewriteIndex {
            $0.replacingOccurrences(
                of: #""model.norm.weight": "model-00002-of-00002.safetensors""#,
                with: #""model.norm.weight": "model-00001-of-00002.safetensors""#)
        }
        expectError(.malformed, containing: "model.norm.weight") { try ShardedSafetensors(folder: folder.path) }
    }

    @Test("A tensor that the index leaves out is refused")
    func unlisted() throws {
        try rewriteIndex {
            $0.replacingOccurrences(
                of: #"    "model.embed_tokens.weight": "model-00001-of-00002.safetensors",\#n"#, with: "")
        }
        expectError(.malformed, containing: "model.embed_tokens.weight") { try ShardedSafetensors(folder: folder.path) }
    }

    @Test("A folder without weights says what was looked for")
    func noWeights() throws {
        let empty = try TemporaryFolder()
        expectError(.missing, containing: "neither model.safetensors nor") {
            try ShardedSafetensors(folder: empty.path)
        }
    }
}
