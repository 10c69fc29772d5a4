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
}
