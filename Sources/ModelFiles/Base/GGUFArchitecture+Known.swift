/// Names as in the gguf package's `tensor_mapping.py`, layouts as in llama.cpp's `convert_hf_to_gguf.py`.
extension GGUFArchitecture {
    /// All that lorad reads, by GGUF's name.
    package static let known: [String: GGUFArchitecture] = Dictionary(
        uniqueKeysWithValues: [llama, qwen2, qwen3, gemma, gemma2, gemma3, phi3, gpt2, bert].map { ($0.name, $0) })

    private static let llamaOuter = [
        "token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head",
    ]
    private static let llamaLayer = [
        "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
        "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    ]
    private static let headNorms = ["attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm"]
    /// Gemma's second norm comes after attention, its third before the feed-forward layer.
    private static let gemmaLayer = llamaLayer.merging([
        "post_attention_norm": "post_attention_layernorm", "ffn_norm": "pre_feedforward_layernorm",
        "post_ffw_norm": "post_feedforward_layernorm",
    ]) { _, gemma in gemma }

    package static let llama = GGUFArchitecture(
        name: "llama", modelType: "llama", outer: llamaOuter, layerPrefix: "model.layers.", perLayer: llamaLayer,
        permuted: ["attn_q", "attn_k"], ignored: ["rope_freqs.weight"])

    static let qwen2 = GGUFArchitecture(
        name: "qwen2", modelType: "qwen2", outer: llamaOuter, layerPrefix: "model.layers.", perLayer: llamaLayer)

    static let qwen3 = GGUFArchitecture(
        name: "qwen3", modelType: "qwen3", outer: llamaOuter, layerPrefix: "model.layers.",
        perLayer: llamaLayer.merging(headNorms) { one, _ in one })

    static let gemma = GGUFArchitecture(
        name: "gemma", modelType: "gemma", outer: llamaOuter, layerPrefix: "model.layers.", perLayer: llamaLayer,
        normsAddOne: true)

    static let gemma2 = GGUFArchitecture(
        name: "gemma2", modelType: "gemma2", outer: llamaOuter, layerPrefix: "model.layers.", perLayer: gemmaLayer,
        normsAddOne: true)

    static let gemma3 = GGUFArchitecture(
        name: "gemma3", modelType: "gemma3_text", outer: llamaOuter, layerPrefix: "model.layers.",
        perLayer: gemmaLayer.merging(headNorms) { one, _ in one }, normsAddOne: true)

    static let phi3 = GGUFArchitecture(
        name: "phi3", modelType: "phi3", outer: llamaOuter, layerPrefix: "model.layers.",
        perLayer: [
            "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_qkv": "self_attn.qkv_proj",
            "attn_output": "self_attn.o_proj", "ffn_up": "mlp.gate_up_proj", "ffn_down": "mlp.down_proj",
        ], ignored: ["rope_factors_long.weight", "rope_factors_short.weight"])

    static let gpt2 = GGUFArchitecture(
        name: "gpt2", modelType: "gpt2",
        outer: [
            "token_embd": "transformer.wte", "position_embd": "transformer.wpe", "output_norm": "transformer.ln_f",
            "output": "lm_head",
        ], layerPrefix: "transformer.h.",
        perLayer: [
            "attn_norm": "ln_1", "ffn_norm": "ln_2", "attn_qkv": "attn.c_attn", "attn_output": "attn.c_proj",
            "ffn_up": "mlp.c_fc", "ffn_down": "mlp.c_proj",
        ], transposed: ["attn_qkv", "attn_output", "ffn_up", "ffn_down"], epsilonKey: "attention.layer_norm_epsilon")

    /// The encoder alone: the converter leaves out BERT's pooler, so that a head it keeps (`cls`) has nothing to read.
    static let bert = GGUFArchitecture(
        name: "bert", modelType: "bert",
        outer: [
            "token_embd": "embeddings.word_embeddings", "position_embd": "embeddings.position_embeddings",
            "token_types": "embeddings.token_type_embeddings", "token_embd_norm": "embeddings.LayerNorm",
        ], layerPrefix: "encoder.layer.",
        perLayer: [
            "attn_q": "attention.self.query", "attn_k": "attention.self.key", "attn_v": "attention.self.value",
            "attn_output": "attention.output.dense", "attn_output_norm": "attention.output.LayerNorm",
            "ffn_up": "intermediate.dense", "ffn_down": "output.dense", "layer_output_norm": "output.LayerNorm",
        ], epsilonKey: "attention.layer_norm_epsilon")
}
