/// PEFT's names for the tensors of one adapted module.
///
/// https://huggingface.co/docs/peft/developer_guides/checkpoint
struct AdapterTensorNames {
    let a: String
    let b: String

    /// - Parameter module: path in the base, such as `model.layers.0.self_attn.q_proj`.
    init(module: String) {
        a = "base_model.model.\(module).lora_A.weight"
        b = "base_model.model.\(module).lora_B.weight"
    }

    /// PEFT's name for a tensor that was saved with the adapter's own name still in it, as `state_dict()` has it.
    static func current(_ stored: String) -> String {
        for letter in ["A", "B"] {
            let ending = ".lora_\(letter).default.weight"
            if stored.hasSuffix(ending) { return stored.dropLast(ending.count) + ".lora_\(letter).weight" }
        }
        return stored
    }
}
