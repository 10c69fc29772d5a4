/// How llama.cpp names the tensors of a llama, against Hugging Face's names.
enum GGUFLlamaNames {
    private static let perLayer = [
        "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
        "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    ]
    private static let global = [
        "token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight",
        "output.weight": "lm_head.weight",
    ]

    /// The Hugging Face name of a GGUF tensor; nil for one that a llama does not have.
    static func huggingFaceName(_ name: String) -> String? {
        if let known = global[name] { return known }
        let parts = name.split(separator: ".")
        guard parts.count == 4, parts[0] == "blk", parts[3] == "weight", let layer = Int(parts[1]),
            let module = perLayer[String(parts[2])]
        else { return nil }
        return "model.layers.\(layer).\(module).weight"
    }
}
