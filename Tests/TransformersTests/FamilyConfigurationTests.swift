import Common
import Foundation
import ModelFiles
import TestSupport
import Testing
import Transformers

@Suite("What a family does not compute, it refuses by name")
struct FamilyConfigurationTests {
    private func shapes(_ type: String, _ members: String) throws -> [String: [Int]] {
        try withTemporaryFolder { folder in
            // In the words of each type's own config.json, not in those of its descriptor.
            let sizes =
                type == "gpt2"
                ? #""n_embd":12,"n_layer":2,"n_head":2"#
                : #""hidden_size":12,"intermediate_size":16,"num_hidden_layers":2,"num_attention_heads":2,"head_dim":6"#
            let key = "num_key_value_heads"
            let ffn = (type == "opt" ? #","ffn_dim":16"# : "") + (members.contains(key) ? "" : #","\#(key)":2"#)
            let text =
                #"{"model_type":"\#(type)","vocab_size":9,\#(sizes)\#(ffn)\#(members.isEmpty ? "" : ",")\#(members)}"#
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/config.json"))
            return try ModelFamilies.named(type).tensorShapes(ModelConfiguration.load(folder: folder))
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
            ("bert", #""hidden_act":"quick_gelu""#, "hidden_act"),
            ("bert", #""position_embedding_type":"relative_key""#, "position_embedding_type"),
            ("bert", #""type_vocab_size":0"#, "type_vocab_size is 0"),
            ("roberta", #""type_vocab_size":-1"#, "type_vocab_size is -1"),
            ("deberta-v2", #""conv_act":"exotic","conv_kernel_size":3"#, "conv_act"),
        ])
    func refused(_ type: String, _ members: String, _ named: String) {
        let fault = #expect(throws: (any Error).self) { try shapes(type, members) } as? any Fault
        #expect(fault?.message.contains(named) == true, "\(fault?.message ?? "no fault was thrown")")
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

    @Test("RoBERTa's table has 512 rows where config.json states none, whatever the padding token", arguments: [1, 3])
    func roberta(padding: Int) throws {
        let shapes = try shapes("roberta", #""pad_token_id":\#(padding)"#)
        let table = try #require(shapes.first { $0.key.hasSuffix("embeddings.position_embeddings.weight") })
        #expect(table.value == [512, 12])
    }

    @Test("An unknown model type is refused with the supported ones")
    func unknown() {
        let error = #expect(throws: TransformersError.self) { try ModelFamilies.named("mamba") }
        #expect(error?.advice?.contains("gpt_neox") == true)
    }
}
