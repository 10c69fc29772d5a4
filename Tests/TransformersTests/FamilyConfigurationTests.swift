import Foundation
import ModelFiles
import TestSupport
import Testing
import Transformers

@Suite("What a family does not compute, it refuses by name")
struct FamilyConfigurationTests {
    private func shapes(_ type: String, _ members: String) throws -> [String: [Int]] {
        try withTemporaryFolder { folder in
            let family = try ModelFamilies.named(type)
            let keys = family.files.keys
            var sizes = ["vocab_size": 9, keys.hidden: 12, keys.layers: 2, keys.heads: 2, "head_dim": 6]
            if keys.intermediateRatio == nil { sizes[keys.intermediate] = 16 }
            if !members.contains("num_key_value_heads") { sizes["num_key_value_heads"] = 2 }
            let all =
                [#""model_type":"\#(type)""#] + sizes.map { #""\#($0)":\#($1)"# } + [members].filter { !$0.isEmpty }
            try Data("{\(all.joined(separator: ","))}".utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
            return try family.tensorShapes(ModelConfiguration.load(folder: folder))
        }
    }

    @Test(
        "A setting that lorad does not compute",
        arguments: [
            ("llama", #""hidden_act":"quick_gelu""#, "hidden_act"),
            ("llama", #""rope_scaling":{"type":"exotic"}"#, "exotic"),
            ("llama", #""rope_scaling":{"type":"linear","factor":0}"#, "factor"),
            (
                "llama", #""rope_parameters":{"rope_type":"linear","factor":2,"partial_rotary_factor":0.5}"#,
                "partial_rotary_factor"
            ),
            ("llama", #""rope_parameters":{"rope_type":"yarn","factor":2,"beta_fast":1,"beta_slow":2}"#, "beta_fast"),
            ("phi3", #""rope_scaling":{"type":"longrope","short_factor":[1],"long_factor":[1,1,1]}"#, "short_factor"),
            ("qwen2", #""layer_types":["full_attention"]"#, "layer_types"),
            ("gemma2", #""layer_types":"full_attention""#, "layer_types"),
            ("mistral", #""sliding_window":0"#, "sliding_window"),
            ("gemma3_text", #""use_bidirectional_attention":true"#, "use_bidirectional_attention"),
            ("gemma2", #""attn_logit_softcapping":-1"#, "attn_logit_softcapping"),
            ("gpt2", #""add_cross_attention":true"#, "add_cross_attention"),
            ("opt", #""word_embed_proj_dim":0"#, "word_embed_proj_dim"),
            ("gpt_neox", #""rotary_pct":0.01"#, "rotated dimensions"),
        ])
    func refused(_ type: String, _ members: String, _ named: String) {
        let error = #expect(throws: TransformersError.self) { try shapes(type, members) }
        #expect(error?.message.contains(named) == true, "\(error?.message ?? "nothing thrown")")
    }

    @Test("Tensors follow from the configuration: biases, fused projections, norms, narrow embeddings")
    func tensors() throws {
        #expect(try shapes("qwen2", "")["model.layers.1.self_attn.k_proj.bias"] == [12])
        #expect(try shapes("llama", "")["model.layers.1.self_attn.k_proj.bias"] == nil)
        #expect(
            try shapes("phi3", #""num_key_value_heads":1"#)["model.layers.0.self_attn.qkv_proj.weight"] == [24, 12])
        #expect(try shapes("gpt2", "")["transformer.h.0.mlp.c_fc.weight"] == [12, 48])
        #expect(try shapes("gemma2", "")["model.layers.0.post_feedforward_layernorm.weight"] == [12])
        #expect(try shapes("qwen3", "")["model.layers.0.self_attn.q_norm.weight"] == [6])
        #expect(try shapes("opt", #""word_embed_proj_dim":4"#)["model.decoder.project_in.weight"] == [12, 4])
    }

    @Test("An unknown model type is refused with the supported ones")
    func unknown() {
        let error = #expect(throws: TransformersError.self) { try ModelFamilies.named("mamba") }
        #expect(error?.advice?.contains("gpt_neox") == true)
    }
}
