import Foundation
import ModelFiles
import TestSupport
import Testing
import Transformers

@Suite("Model configurations")
struct ModelConfigurationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let minimal = [
        "model_type": #""llama""#, "hidden_size": "16", "intermediate_size": "24", "num_hidden_layers": "2",
        "num_attention_heads": "2", "vocab_size": "12",
    ]

    private func load(_ changes: [String: String?]) throws -> ModelConfiguration {
        var members: [String: String] = Self.minimal
        for (key, value) in changes { members[key] = value }
        try folder.write("{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}", as: "config.json")
        return try .load(folder: folder.path)
    }

    @Test("The same model has the same configuration in all its formats")
    func formats() throws {
        let expected = try ModelConfiguration(
            family: ModelFamilies.named("llama").files, hiddenSize: 16, intermediateSize: 24, layers: 2, heads: 2,
            keyValueHeads: 1, headDim: 8,
            vocabularySize: 12, maxPositions: 64, ropeTheta: 100_000, normEpsilon: 1e-5, tieWordEmbeddings: true,
            bosTokenID: 1, eosTokenIDs: [2])
        #expect(try .load(folder: Fixtures.path("llama")) == expected)
        #expect(try .load(folder: Fixtures.path("llama-sharded")) == expected, "rope_parameters of transformers 5")
        #expect(try ModelConfiguration(gguf: GGUFFile(path: Fixtures.path("llama.gguf"))) == expected)
    }

    @Test("What is absent has transformers' default")
    func defaults() throws {
        let configuration = try load([:])
        #expect(configuration.headDim == 8)
        #expect(configuration.keyValueHeads == 2)
        #expect(configuration.ropeTheta == 10_000)
        #expect(configuration.normEpsilon == 1e-6)
        #expect(configuration.maxPositions == 2048)
        #expect(!configuration.tieWordEmbeddings)
        #expect(configuration.bosTokenID == nil)
        #expect(configuration.eosTokenIDs == [])
    }

    @Test("Special ids are one or several")
    func specialIDs() throws {
        #expect(try load(["eos_token_id": "[3, 4]", "bos_token_id": "null"]).eosTokenIDs == [3, 4])
        expectError(.malformed, containing: "12 lies outside") { try load(["eos_token_id": "12"]) }
        expectError(.malformed, containing: "eos_token_id") { try load(["eos_token_id": "[\"a\"]"]) }
    }

    @Test("An unknown model type is refused with what is supported and the closest")
    func modelType() {
        let error = expectError(.unsupported, containing: "\"lama\"") { try load(["model_type": #""lama""#]) }
        #expect(error?.advice?.contains("closest is llama") == true)
        expectError(.unsupported, containing: "\"mamba\"") { try load(["model_type": #""mamba""#]) }
        expectError(.malformed, containing: "model_type") { try load(["model_type": "7"]) }
    }

    @Test("Quantised weights are refused; what else a family does not compute, it refuses itself")
    func unsupported() {
        expectError(.unsupported, containing: "quantization_config") {
            try load(["quantization_config": #"{"bits":4}"#])
        }
    }

    @Test("Families call the sizes by names of their own, and have defaults of their own")
    func familyKeys() throws {
        let gpt2 = try load([
            "model_type": #""gpt2""#, "n_embd": "24", "n_layer": "3", "n_head": "4", "n_positions": "77",
            "hidden_size": nil, "num_hidden_layers": nil, "num_attention_heads": nil,
        ])
        #expect(gpt2.hiddenSize == 24 && gpt2.intermediateSize == 96 && gpt2.layers == 3 && gpt2.maxPositions == 77)
        #expect(gpt2.tieWordEmbeddings && gpt2.normEpsilon == 1e-5)
        let gemma = try load(["model_type": #""gemma3_text""#, "num_attention_heads": "4"])
        #expect(gemma.headDim == 256 && gemma.keyValueHeads == 4)
        var mistral = ["model_type": #""mistral""#, "num_attention_heads": "16", "hidden_size": "64"]
        #expect(try load(mistral).keyValueHeads == 8)
        mistral["num_key_value_heads"] = "null"
        #expect(try load(mistral).keyValueHeads == 16)
        let nested = #"{"full_attention":{"rope_type":"default","rope_theta":5e5},"sliding_attention":null}"#
        let rotated = ["model_type": #""gemma3_text""#, "rope_parameters": nested, "num_attention_heads": "4"]
        #expect(try load(rotated).ropeTheta == 500_000)
        #expect(try load(["model_type": #""gpt_neox""#, "rotary_emb_base": "20000"]).ropeTheta == 20_000)
        #expect(try load(["model_type": #""roberta""#, "pad_token_id": "3"]).maxPositions == 508)
        expectError(.malformed, containing: "pad_token_id") {
            try load(["model_type": #""roberta""#, "pad_token_id": "-5"])
        }
    }

    @Test("Settings that say the default are accepted")
    func explicitDefaults() throws {
        let configuration = try load([
            "attention_bias": "false", "rope_scaling": #"{"rope_type":"default"}"#, "rope_theta": "5e4",
            "quantization_config": "null", "partial_rotary_factor": "1.0", "head_dim": "null",
        ])
        #expect(configuration.ropeTheta == 50_000)
    }

    @Test("A theta inside the rotary settings counts before one at the top level, as in transformers")
    func innerTheta() throws {
        let inner = #"{"rope_type":"default","rope_theta":5e5}"#
        #expect(try load(["rope_theta": "10000.0", "rope_parameters": inner]).ropeTheta == 500_000)
        let both = ["rope_theta": "300.0", "rope_parameters": inner, "rope_scaling": #"{"type":"linear","factor":2}"#]
        #expect(try load(both).ropeTheta == 300)
    }

    @Test("Rotary settings by kind of layer are refused where the family has none")
    func nestedSettings() {
        expectError(.unsupported, containing: "full_attention") {
            try load(["rope_parameters": #"{"full_attention":{"rope_type":"linear","factor":2}}"#])
        }
    }

    @Test(
        "Members that are absent, of the wrong kind or impossible are refused by name",
        arguments: [
            ("hidden_size", nil), ("hidden_size", "16.0"), ("hidden_size", #""16""#), ("hidden_size", "0"),
            ("hidden_size", "-16"), ("num_hidden_layers", "9223372036854775807"), ("num_attention_heads", "0"),
            ("num_key_value_heads", "0"), ("vocab_size", "null"), ("rms_norm_eps", #""small""#), ("rms_norm_eps", "0"),
            ("rope_theta", "-1"), ("tie_word_embeddings", "1"), ("max_position_embeddings", "[]"), ("head_dim", "7"),
        ] as [(String, String?)])
    func malformed(_ key: String, _ value: String?) {
        let named = key == "head_dim" ? "head dimension 7" : key
        expectError(.malformed, containing: named) { try load([key: value]) }
    }

    @Test("Heads that cannot share the key/value heads are refused")
    func groups() {
        expectError(.malformed, containing: "cannot share 3") {
            try load(["num_attention_heads": "4", "num_key_value_heads": "3"])
        }
    }

    @Test("A folder without config.json is missing it; one with an array is malformed")
    func noConfiguration() throws {
        expectError(.missing, containing: "config.json") { try ModelConfiguration.load(folder: folder.path) }
        try folder.write("[]", as: "config.json")
        expectError(.malformed, containing: "an array, not an object") {
            try ModelConfiguration.load(folder: folder.path)
        }
    }
}
