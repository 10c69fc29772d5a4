import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Configurations in GGUF metadata")
struct GGUFConfigurationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The tiny llama with some metadata changed (nil removes a key) and tensors added.
    private func open(
        _ changes: [String: GGUFValue?], adding extra: [TensorEntry] = []
    ) throws -> ModelConfiguration {
        let original = try GGUFFile(path: Fixtures.path("llama.gguf"))
        var metadata = original.metadata
        for (key, value) in changes { metadata[key] = value }
        let embedding = TensorEntry(name: "token_embd.weight", matrix: Matrix(rows: 12, columns: 16))
        let path = folder.path + "/x.gguf"
        try GGUFWriter.write(
            metadata: metadata.map { ($0.key, $0.value) }, tensors: ([embedding] + extra).map { ($0, .f32) }, to: path)
        return try ModelConfiguration(gguf: GGUFFile(path: path))
    }

    @Test("An end-of-turn token ends a text too, once")
    func endOfTurn() throws {
        #expect(try open(["tokenizer.ggml.eot_token_id": .uint32(5)]).eosTokenIDs == [2, 5])
        #expect(try open(["tokenizer.ggml.eot_token_id": .uint32(2)]).eosTokenIDs == [2])
        let ends: [String: GGUFValue?] = [
            "tokenizer.ggml.eot_token_id": .uint32(5), "tokenizer.ggml.eom_token_id": .uint32(4),
        ]
        #expect(try open(ends).eosTokenIDs == [2, 5, 4])
        let without: [String: GGUFValue?] = ["tokenizer.ggml.eos_token_id": nil]
        #expect(try open(ends.merging(without) { $1 }).eosTokenIDs == [5, 4])
    }

    @Test("A head of its own unties the embedding")
    func untied() throws {
        #expect(try open([:]).tieWordEmbeddings)
        let head = TensorEntry(name: "output.weight", matrix: Matrix(rows: 12, columns: 16))
        #expect(try !open([:], adding: [head]).tieWordEmbeddings)
    }

    @Test("What lorad does not compute is refused")
    func unsupported() {
        let cases: [([String: GGUFValue?], String)] = [
            (["llama.rope.scaling.type": .string("yarn")], "yarn"),
            // llama.cpp takes a factor without a kind for a linear one.
            (["llama.rope.scaling.factor": .float32(4)], "linear"),
            (["llama.rope.scale_linear": .float32(4)], "linear"),
            (["llama.expert_count": .uint32(8)], "8 experts"),
            (["llama.rope.dimension_count": .uint32(4)], "rotates 4"),
            (["general.architecture": .string("llam")], "llam"),
        ]
        for (changes, problem) in cases { expectError(.unsupported, containing: problem) { try open(changes) } }
    }

    @Test("Factors of the rotary frequencies are a llama's settings, and refused elsewhere")
    func frequencyFactors() throws {
        let factors = TensorEntry(
            name: "rope_freqs.weight", matrix: Matrix([1, 2, 8, 8], rows: 1, columns: 4), shape: [4])
        let rope = try open([:], adding: [factors]).fields.fields("rope_parameters")
        #expect(try rope?.floats("short_factor") == [1, 2, 8, 8])
        #expect(try rope?.floats("long_factor") == [1, 2, 8, 8])
        #expect(try rope?.float("attention_factor") == 1)
        expectError(.unsupported, containing: "rope_freqs") {
            try open(Self.named("qwen2"), adding: [factors])
        }
    }

    /// The metadata of the tiny llama's sizes under another architecture's name.
    private static func named(_ architecture: String) throws -> [String: GGUFValue?] {
        let metadata = try GGUFFile(path: Fixtures.path("llama.gguf")).metadata
        let sizes = metadata.filter { $0.key.hasPrefix("llama.") }.map {
            (architecture + $0.key.dropFirst("llama".count), GGUFValue?.some($0.value))
        }
        return Dictionary(uniqueKeysWithValues: sizes).merging(["general.architecture": .string(architecture)]) { $1 }
    }

    @Test("RoBERTa, which llama.cpp writes as a BERT, and a BERT that decodes are refused")
    func noBERT() throws {
        let types = TensorEntry(name: "token_types.weight", matrix: Matrix(rows: 2, columns: 16))
        var metadata = try Self.named("bert")
        metadata["bert.attention.layer_norm_epsilon"] = .float32(1e-12)
        metadata["tokenizer.ggml.model"] = .string("bert")
        let bert = try open(metadata, adding: [types])
        #expect(bert.modelType == "bert")
        #expect(try bert.fields.int("type_vocab_size") == 2)
        #expect(try bert.fields.bool("is_decoder") == false)
        #expect(
            try open(metadata.merging(["bert.attention.causal": .bool(true)]) { $1 }, adding: [types])
                .fields.bool("is_decoder"))
        expectError(.unsupported, containing: "no BERT") {
            try open(metadata.merging(["tokenizer.ggml.model": .string("gpt2")]) { $1 }, adding: [types])
        }
    }

    @Test("Metadata that is absent, of the wrong type or at odds with the tensors is refused by name")
    func malformed() {
        let cases: [([String: GGUFValue?], String)] = [
            (["general.architecture": nil], "general.architecture"), (["llama.block_count": nil], "llama.block_count"),
            (["llama.attention.layer_norm_rms_epsilon": nil], "epsilon"),
            (["llama.block_count": .string("2")], "llama.block_count is of type string"),
            (["llama.attention.head_count_kv": .array(.uint32, [.uint32(1)])], "head_count_kv is of type array"),
            (["llama.vocab_size": .uint32(13)], "12 rows"),
            (["tokenizer.ggml.tokens": .array(.string, [.string("a")])], "1 tokens"),
            (["llama.feed_forward_length": .uint64(1 << 60)], "intermediate_size"),
        ]
        for (changes, problem) in cases { expectError(.malformed, containing: problem) { try open(changes) } }
    }
}
