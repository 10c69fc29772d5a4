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
    /// Which modules are adapted.
    var targets: AdapterTargets
    /// Ranks of modules that have their own.
    var ranks = ModuleSettings<Int>.none
    /// Alphas of modules that have their own.
    var alphas = ModuleSettings<Float>.none
    /// Whether B·A is scaled by alpha/√rank. https://arxiv.org/abs/2312.03732
    var isRankStabilised = false

    /// What a new adapter's files say.
    init(
        lora: LoRAConfiguration, baseModel: String, task: Task = .causalLanguage, modulesToSave: [String] = [],
        isTransposed: Bool = false
    ) {
        self.lora = lora
        self.baseModel = baseModel
        self.task = task
        self.modulesToSave = modulesToSave
        self.isTransposed = isTransposed
        targets = AdapterTargets(targets: .list(lora.targets))
    }

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

    /// The rank of a slot's pair and the factor on it.
    func place(_ slot: ProjectionSlot) -> LoRAAdapter.Place {
        let rank = ranks.value(for: slot.name) ?? lora.rank
        let alpha = alphas.value(for: slot.name) ?? lora.alpha
        return LoRAAdapter.Place(
            slot: slot, rank: rank,
            scaling: isRankStabilised ? alpha / Float(rank).squareRoot() : alpha / Float(rank))
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
}
