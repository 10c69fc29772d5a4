import Foundation
import ModelFiles

/// `adapter_config.json` as PEFT writes and reads it.
///
/// Written with few fields, because old PEFT versions stop at those they do not know.
struct AdapterConfiguration {
    var lora: LoRAConfiguration
    var baseModel: String
    /// Whether the adapted weights are stored as `[in, out]`. On reading it says nothing that the base does not: PEFT
    /// too goes by the base's own layers.
    var isTransposed = false

    /// Fields that lorad understands, or that change nothing about a LoRA adapter's output.
    private static let harmless: Set<String> = [
        "auto_mapping", "base_model_name_or_path", "revision", "inference_mode", "task_type", "init_lora_weights",
        "peft_type", "r", "lora_alpha", "lora_dropout", "target_modules", "peft_version", "megatron_core",
        "qalora_group_size", "ensure_weight_tying", "fan_in_fan_out",
    ]
    /// `bias: none` is what lorad trains; everything else in an adapter must be off.
    private static let offValues: Set<String> = ["none"]

    /// The file's bytes: keys sorted, indented by two.
    var text: String {
        let alpha = lora.alpha == lora.alpha.rounded() ? String(Int(lora.alpha)) : String(lora.alpha)
        let targets = lora.targets.map { "    " + JSONText.quote($0) }.joined(separator: ",\n")
        return """
            {
              "base_model_name_or_path": \(JSONText.quote(baseModel)),
              "bias": "none",
              "fan_in_fan_out": \(isTransposed),
              "inference_mode": true,
              "lora_alpha": \(alpha),
              "lora_dropout": \(lora.dropout),
              "modules_to_save": null,
              "peft_type": "LORA",
              "r": \(lora.rank),
              "target_modules": [
            \(targets)
              ],
              "task_type": "CAUSAL_LM"
            }

            """
    }

    /// - Throws: `AdaptersError.missing`, `.malformed`, or `.unsupported` naming a field that asks for more than plain
    ///   LoRA.
    static func read(_ path: String) throws -> AdapterConfiguration {
        guard let object = try JSONReader.parse(file: path).objectValue else {
            throw AdaptersError(.malformed, "\(path) does not hold a JSON object.")
        }
        guard object["enable_lora"] == nil else {
            throw AdaptersError(
                .unsupported, "\(path) is of the legacy kind with 'enable_lora'.",
                advice: "Convert it with a PEFT version that wrote such files.")
        }
        guard object["peft_type"]?.stringValue == "LORA" else {
            throw AdaptersError(
                .unsupported, "\(path) has the peft_type '\(object["peft_type"]?.stringValue ?? "none")', not 'LORA'.")
        }
        for (key, value) in object.members where !harmless.contains(key) && !isOff(value) {
            throw AdaptersError(
                .unsupported, "\(path) sets '\(key)', which lorad does not support.",
                cause: "Only plain LoRA on linear projections is computed.")
        }
        guard let rank = object["r"]?.intValue, rank > 0, rank <= 1 << 16, let alpha = object["lora_alpha"]?.doubleValue
        else { throw AdaptersError(.malformed, "\(path) lacks a rank 'r' above zero or 'lora_alpha'.") }
        let targets =
            object["target_modules"]?.arrayValue?.compactMap(\.stringValue)
            ?? [object["target_modules"]?.stringValue].compactMap { $0 }
        let lora = LoRAConfiguration(
            rank: rank, alpha: Float(alpha), dropout: Float(object["lora_dropout"]?.doubleValue ?? 0),
            targets: targets.sorted())
        return AdapterConfiguration(lora: lora, baseModel: object["base_model_name_or_path"]?.stringValue ?? "")
    }

    private static func isOff(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool(false), .integer(0): true
        case .string(let text): offValues.contains(text)
        case .array(let elements): elements.isEmpty
        case .object(let object): object.count == 0
        default: false
        }
    }
}
