import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Writing GGUF")
struct GGUFWriterTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var path: String { folder.path + "/x.gguf" }

    @Test("A file equals the gguf package's byte for byte")
    func reference() throws {
        let values = try Fixtures.json("gguf-write.json")
        var tensors: [GGUFWriter.Tensor] = [FileDType.f32, .f16, .bf16, .q8_0].map { dtype in
            let matrix = Matrix(values[dtype.rawValue]?.floats ?? [], rows: 3, columns: 32)
            return (TensorEntry(name: "x.\(dtype.rawValue)", matrix: matrix), dtype)
        }
        let vector = Matrix(values["v"]?.floats ?? [], rows: 1, columns: 5)
        tensors.append((TensorEntry(name: "v", matrix: vector, shape: [5]), .f32))
        let metadata: [(key: String, value: GGUFValue)] = [
            ("general.architecture", .string("llama")), ("llama.block_count", .uint32(1)),
            ("tokenizer.ggml.tokens", .array(.string, [.string("a"), .string("b"), .string("é")])),
            ("t.bool", .bool(true)),
        ]
        try GGUFWriter.write(metadata: metadata, tensors: tensors, to: path)
        #expect(Array(try Data(contentsOf: URL(fileURLWithPath: path))) == (try Fixtures.bytes("writer.gguf")))
    }

    @Test("Metadata of every type reads back as it was")
    func metadata() throws {
        let metadata = try GGUFFile(path: Fixtures.path("types.gguf")).metadata
        try GGUFWriter.write(metadata: metadata.map { ($0.key, $0.value) }, tensors: [], to: path)
        #expect(try GGUFFile(path: path).metadata == metadata)
    }

    private func entries(_ base: BaseModelFiles, _ names: [String]) throws -> [TensorEntry] {
        try names.map { name in
            let info = try #require(base.info(name))
            return TensorEntry(name: name, shape: info.shape) {
                let matrix = Matrix(rows: info.rows, columns: info.columns)
                try base.read(name, into: matrix)
                return matrix
            }
        }
    }

    @Test("A model written from its own tensors is the model, in llama.cpp's names, row order and metadata")
    func model() throws {
        let base = try BaseModelFiles(path: Fixtures.path("llama.gguf"))
        let original = try #require(base.gguf)
        let tokenizer = original.metadata.filter { $0.key.hasPrefix("tokenizer.") }
        try GGUFModelWriter.write(
            entries(base, base.tensorNames), configuration: base.configuration, name: "x", tokenizer: tokenizer,
            dtype: .f32, to: path)
        let written = try BaseModelFiles(path: path)
        let gguf = try #require(written.gguf)
        #expect(written.configuration == base.configuration)
        #expect(gguf.metadata["general.file_type"] == .uint32(0))
        #expect(gguf.metadata.filter { $0.key.hasPrefix("tokenizer.") } == tokenizer)
        #expect(Set(gguf.tensors.keys) == Set(original.tensors.keys))
        for name in original.tensors.keys { #expect(try gguf.bits(name) == original.bits(name), "\(name)") }
    }

    @Test("Replacing tensors leaves metadata and every other tensor's bytes and type as they were")
    func replaced() throws {
        let base = try BaseModelFiles(path: Fixtures.path("llama.gguf"))
        let original = try #require(base.gguf)
        let names = base.tensorNames.filter { $0.contains("q_proj") || $0.contains("v_proj") }
        #expect(!names.isEmpty)
        try GGUFModelWriter.write(replacing: entries(base, names), of: base, dtype: .bf16, to: path)
        let written = try GGUFFile(path: path)
        #expect(written.metadata.filter { $0.key != "general.file_type" } == original.metadata)
        #expect(Set(written.tensors.keys) == Set(original.tensors.keys))
        for (name, info) in original.tensors {
            let isReplaced = name.contains("attn_q") || name.contains("attn_v")
            #expect(written.tensors[name]?.dtype == (isReplaced ? .bf16 : info.dtype), "\(name)")
            #expect(written.tensors[name]?.shape == info.shape)
            let bits = try original.bits(name).map { isReplaced ? Self.bfloat16($0) : $0 }
            #expect(try written.bits(name) == bits, "\(name)")
        }
    }

    /// A float32's bits rounded to bfloat16, ties to even.
    private static func bfloat16(_ bits: UInt32) -> UInt32 { (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF_0000 }

    @Test(
        "Tensors of a type that lorad cannot write keep their bytes",
        .enabled(if: TestSupport.Fixtures.hasRealBase, "run scripts/fetch"))
    func kept() throws {
        let base = try BaseModelFiles(path: TestSupport.Fixtures.realBase)
        let original = try #require(base.gguf)
        try GGUFModelWriter.write(replacing: [], of: base, dtype: .f32, to: path)
        let written = try GGUFFile(path: path)
        #expect(written.metadata == original.metadata)
        #expect(written.tensors.mapValues(\.dtype) == original.tensors.mapValues(\.dtype))
        for name in ["blk.0.attn_q.weight", "blk.29.ffn_down.weight", "token_embd.weight"] {
            #expect(try written.bits(name) == original.bits(name), "\(name)")
        }
    }

    @Test("What cannot be written is refused, naming it, and leaves nothing behind")
    func refused() throws {
        let odd = TensorEntry(name: "odd", matrix: Matrix(rows: 1, columns: 33))
        expectError(.mismatch, containing: "Q8_0") {
            try GGUFWriter.write(metadata: [], tensors: [(odd, .q8_0)], to: path)
        }
        expectError(.unsupported, containing: "Q2_K") {
            try GGUFWriter.write(metadata: [], tensors: [(odd, .q2k)], to: path)
        }
        for value in [Float.nan, .infinity, 1e30] {
            let matrix = Matrix(rows: 2, columns: 32)
            matrix[1, 5] = value
            let entry = TensorEntry(name: "huge", matrix: matrix)
            expectError(.unsupported, containing: "row 1") {
                try GGUFWriter.write(metadata: [], tensors: [(entry, .q8_0)], to: path)
            }
        }
        let folderBase = try BaseModelFiles(path: Fixtures.path("llama"))
        expectError(.unsupported) { try GGUFModelWriter.write(replacing: [], of: folderBase, dtype: .f32, to: path) }
        let base = try BaseModelFiles(path: Fixtures.path("llama.gguf"))
        expectError(.unsupported, containing: "\"odd\"") {
            try GGUFModelWriter.write(replacing: [odd], of: base, dtype: .f32, to: path)
        }
        let foreign = TensorEntry(name: "model.layers.99.mlp.up_proj.weight", matrix: Matrix(rows: 1, columns: 32))
        expectError(.mismatch, containing: "blk.99") {
            try GGUFModelWriter.write(replacing: [foreign], of: base, dtype: .f32, to: path)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
