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

    /// What every method's tensors end in after the module's path.
    static let suffixes = Set(AdapterMethods.all.flatMap(\.suffixes)).map { "." + $0 }.sorted()

    /// The same with the adapter's own name still in it, and without.
    private static let endings =
        suffixes.map { suffix in
            let weight = ".weight"
            let isWeight = suffix.hasSuffix(weight)
            return (suffix.dropLast(isWeight ? weight.count : 0) + ".default" + (isWeight ? weight : ""), suffix)
        } + [("." + DoRAUpdate.suffix + ".default.weight", "." + DoRAUpdate.suffix)]

    /// PEFT's name for a tensor that was saved with the adapter's own name still in it, as `state_dict()` has it.
    static func current(_ stored: String) -> String {
        for (ending, current) in endings where stored.hasSuffix(ending) {
            return stored.dropLast(ending.count) + current
        }
        return stored
    }
}
