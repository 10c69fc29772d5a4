/// How llama.cpp writes the tensors of one architecture, against Hugging Face's names and layout.
package struct GGUFArchitecture: Sendable {
    /// GGUF's `general.architecture`.
    package let name: String
    /// Hugging Face's `model_type`.
    package let modelType: String
    /// Tensors outside the layers, GGUF's name to Hugging Face's.
    let outer: [String: String]
    /// Modules of layer i: `blk.i.KEY.weight` is `model.layers.i.VALUE.weight`.
    let perLayer: [String: String]
    /// GGUF modules whose rows llama.cpp reorders for its rotary kernel, see `RotaryPermutation`.
    let permuted: Set<String>
    /// Tensors that are computed anew, not read.
    let ignored: Set<String>

    package static let llama = GGUFArchitecture(
        name: "llama", modelType: "llama",
        outer: [
            "token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight",
            "output.weight": "lm_head.weight",
        ],
        perLayer: [
            "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_q": "self_attn.q_proj",
            "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
            "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
        ],
        permuted: ["attn_q", "attn_k"], ignored: [])

    /// All that lorad reads, by GGUF's name.
    package static let known = [llama.name: llama]

    /// The Hugging Face name of a GGUF tensor, and whether its rows are permuted; nil for one that the architecture
    /// does not have.
    func huggingFaceName(_ name: String) -> (name: String, isPermuted: Bool)? {
        if let known = outer[name] { return (known, false) }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "blk", parts[3] == "weight", let layer = Int(parts[1]),
            String(layer) == parts[1], let module = perLayer[String(parts[2])]
        else { return nil }
        return ("model.layers.\(layer).\(module).weight", permuted.contains(String(parts[2])))
    }

    /// The GGUF name of a Hugging Face tensor, and whether its rows are permuted; nil for one that the architecture
    /// does not have.
    package func ggufName(_ name: String) -> (name: String, isPermuted: Bool)? {
        if let known = outer.first(where: { $0.value == name })?.key { return (known, false) }
        let prefix = "model.layers."
        let suffix = ".weight"
        guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
        let parts = name.dropFirst(prefix.count).dropLast(suffix.count).split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let layer = Int(parts[0]), String(layer) == parts[0],
            let module = perLayer.first(where: { $0.value == parts[1] })?.key
        else { return nil }
        return ("blk.\(layer).\(module).weight", permuted.contains(module))
    }
}
