import Foundation
import ModelFiles
import Tensors
import TestSupport
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

    @Test("A tensor that a second shard holds too is refused")
    func duplicateInShards() throws {
        let shard = folder.path + "/model-00002-of-00002.safetensors"
        let own = try SafetensorsFile(path: shard)
        let first = try SafetensorsFile(path: folder.path + "/model-00001-of-00002.safetensors")
        var entries = try own.tensors.keys.map { try entry($0, own) }
        entries.append(try entry("model.embed_tokens.weight", first))
        try SafetensorsWriter.write(entries, to: shard)
        let error = expectError(.malformed, containing: "model.embed_tokens.weight") {
            try ShardedSafetensors(folder: folder.path)
        }
        #expect(error?.message.hasPrefix("model-00002-of-00002.safetensors holds") == true)
    }

    private func entry(_ name: String, _ file: SafetensorsFile) throws -> TensorEntry {
        let info = try #require(file.tensors[name])
        let matrix = Matrix(rows: info.rows, columns: info.columns)
        try file.read(name, into: matrix)
        return TensorEntry(name: name, matrix: matrix, shape: info.shape)
    }

    @Test("A tensor that the index places twice is refused")
    func duplicateInIndex() throws {
        try rewriteIndex {
            $0.replacingOccurrences(
                of: #""model.norm.weight": "model-00002-of-00002.safetensors""#,
                with: #""model.norm.weight": "model-00002-of-00002.safetensors", "model.norm.weight": "x.safetensors""#)
        }
        expectError(.malformed, containing: "a second time") { try ShardedSafetensors(folder: folder.path) }
    }

    @Test("A tensor that no shard holds is refused")
    func invented() throws {
        try rewriteIndex {
            $0.replacingOccurrences(
                of: #""weight_map": {"#, with: #""weight_map": {"lm_head.weight": "model-00002-of-00002.safetensors","#)
        }
        expectError(.malformed, containing: "lm_head.weight") { try ShardedSafetensors(folder: folder.path) }
    }

    @Test("A shard whose tensors overlap is refused")
    func overlap() throws {
        let entry = #"{"dtype":"F32","shape":[2],"data_offsets":"#
        let header = #"{"a":\#(entry)[0,8]},"b":\#(entry)[4,12]}}"#
        try folder.write(SyntheticFiles.safetensors(header, dataBytes: 12), as: "model-00001-of-00002.safetensors")
        expectError(.malformed, containing: "starts at byte") { try ShardedSafetensors(folder: folder.path) }
    }

    @Test("A shard cut short is refused, and so is an index that is no object or has no map", arguments: [1, 100])
    func cut(_ bytes: Int) throws {
        let path = folder.path + "/model-00001-of-00002.safetensors"
        let shard = try Data(contentsOf: URL(fileURLWithPath: path))
        try folder.write(Array(shard.dropLast(bytes)), as: "model-00001-of-00002.safetensors")
        expectError(.malformed, containing: "model-00001-of-00002") { try ShardedSafetensors(folder: folder.path) }
        for text in ["[]", "{}", #"{"weight_map": []}"#] {
            try folder.write(text, as: "model.safetensors.index.json")
            expectError(.malformed, containing: "weight_map") { try ShardedSafetensors(folder: folder.path) }
        }
    }

    @Test(
        "A folder of pickled or other frameworks' weights is refused with how to convert it",
        arguments: ["pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5"])
    func otherFormats(_ name: String) throws {
        let other = try TemporaryFolder()
        try other.write("x", as: name)
        let error = expectError(.unsupported, containing: name) { try ShardedSafetensors(folder: other.path) }
        #expect(error?.advice?.contains("save_pretrained") == true)
    }

    @Test("A folder without weights says what was looked for")
    func noWeights() throws {
        let empty = try TemporaryFolder()
        expectError(.missing, containing: "neither model.safetensors nor") {
            try ShardedSafetensors(folder: empty.path)
        }
    }
}
