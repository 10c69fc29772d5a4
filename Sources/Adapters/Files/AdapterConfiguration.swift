import Foundation
import ModelFiles
import Transformers

/// `adapter_config.json` as PEFT writes and reads it.
///
/// Written with few fields, because old PEFT versions stop at those they do not know.
struct AdapterConfiguration {
    /// `task_type`.
    enum Task: String {
        case causalLanguage = "CAUSAL_LM"
        case sequenceClassification = "SEQ_CLS"
    }

    var lora: LoRAConfiguration
    var baseModel: String
    var task = Task.causalLanguage
    /// Modules that are saved whole beside A and B: the classification head's.
    var modulesToSave: [String] = []
    /// Whether the adapted weights are stored as `[in, out]`. On reading it says nothing that the base does not: PEFT
    /// too goes by the base's own layers.
    var isTransposed = false

    /// Fields that lorad understands, or that change nothing about a LoRA adapter's output.
    private static let harmless: Set<String> = [
        "auto_mapping", "base_model_name_or_path", "revision", "inference_mode", "task_type", "init_lora_weights",
        "peft_type", "r", "lora_alpha", "lora_dropout", "target_modules", "peft_version", "megatron_core",
        "qalora_group_size", "ensure_weight_tying", "fan_in_fan_out", "modules_to_save",
    ]
    /// `bias: none` is what lorad trains; everything else in an adapter must be off.
    private static let offValues: Set<String> = ["none"]

    /// The file's bytes: keys sorted, indented by two.
    var text: String {
        let alpha = Int(exactly: lora.alpha).map(String.init) ?? String(lora.alpha)
        let targets = lora.targets.map { "    " + JSONText.quote($0) }.joined(separator: ",\n")
        let saved = modulesToSave.map { "    " + JSONText.quote($0) }.joined(separator: ",\n")
        let modules = modulesToSave.isEmpty ? "null" : "[\n\(saved)\n  ]"
        return """
            {
              "base_model_name_or_path": \(JSONText.quote(baseModel)),
              "bias": "none",
              "fan_in_fan_out": \(isTransposed),
              "inference_mode": true,
              "lora_alpha": \(alpha),
              "lora_dropout": \(lora.dropout),
              "modules_to_save": \(modules),
              "peft_type": "LORA",
              "r": \(lora.rank),
              "target_modules": [
            \(targets)
              ],
              "task_type": "\(task.rawValue)"
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
        let dropout = Float(object["lora_dropout"]?.doubleValue ?? 0)
        guard let rank = object["r"]?.intValue, rank > 0, rank <= 1 << 16,
            let alpha = object["lora_alpha"]?.doubleValue.map({ Float($0) }), alpha.isFinite, (0...1).contains(dropout)
        else {
            throw AdaptersError(
                .malformed, "\(path) lacks a rank 'r' above zero, a finite 'lora_alpha' or a 'lora_dropout' up to 1.")
        }
        let targets =
            object["target_modules"]?.arrayValue?.compactMap(\.stringValue)
            ?? [object["target_modules"]?.stringValue].compactMap { $0 }
        let lora = LoRAConfiguration(
            rank: rank, alpha: alpha, dropout: dropout, targets: targets.sorted())
        return AdapterConfiguration(
            lora: lora, baseModel: object["base_model_name_or_path"]?.stringValue ?? "",
            task: object["task_type"]?.stringValue.flatMap(Task.init) ?? .causalLanguage,
            modulesToSave: (object["modules_to_save"]?.arrayValue ?? []).compactMap(\.stringValue))
    }

    /// Checks that what is saved whole is the model's classification head.
    ///
    /// - Throws: `AdaptersError.mismatch` for an adapter of another task, `.unsupported` naming a module that lorad does
    ///   not train.
    func check(head: ClassificationHead?, folder: String) throws {
        guard (task == .sequenceClassification) == (head != nil) else {
            throw AdaptersError(
                .mismatch,
                head == nil
                    ? "The adapter in \(folder) classifies texts; it does not predict tokens."
                    : "The adapter in \(folder) predicts tokens; it does not classify texts.")
        }
        let known = SavedModules.known
        guard let other = modulesToSave.first(where: { !known.contains($0) || head == nil }) else { return }
        throw AdaptersError(
            .unsupported, "The adapter in \(folder) saves the module '\(other)' whole, which lorad does not support.",
            cause: "Of whole modules only a classification head's are trained: \(known.joined(separator: ", ")).")
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
