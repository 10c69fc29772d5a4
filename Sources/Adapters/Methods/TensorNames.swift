/// PEFT's names for the tensors of adapted modules.
///
/// https://huggingface.co/docs/peft/developer_guides/checkpoint
enum TensorNames {
    /// What stands before a module's path in the base.
    static let prefix = "base_model.model."

    /// The name of a module's tensor.
    ///
    /// - Parameter module: path in the base, such as `model.layers.0.self_attn.q_proj`.
    static func name(_ suffix: String, of module: String) -> String { "\(prefix)\(module).\(suffix)" }

    /// PEFT's name for a tensor that was saved with the adapter's own name still in it, as `state_dict()` has it.
    static func current(_ stored: String) -> String {
        let endings = [
            (".lora_A.default.weight", ".lora_A.weight"), (".lora_B.default.weight", ".lora_B.weight"),
            (".lora_magnitude_vector.default.weight", ".lora_magnitude_vector"),
            (".lora_magnitude_vector.default", ".lora_magnitude_vector"), (".ia3_l.default", ".ia3_l"),
            (".beft_bias.default", ".beft_bias"), (".lora_A.default", ".lora_A"), (".lora_B.default", ".lora_B"),
            (".lora_E.default", ".lora_E"), (".lora_embedding_A.default", ".lora_embedding_A"),
            (".lora_embedding_B.default", ".lora_embedding_B"),
        ]
        for (ending, current) in endings where stored.hasSuffix(ending) {
            return stored.dropLast(ending.count) + current
        }
        return stored
    }
}
