import Foundation
import ModelFiles
import Transformers

/// `adapter_config.json` as PEFT writes and reads it.
///
/// Written with few fields, because old PEFT versions stop at those they do not know.
struct AdapterConfigurationFile {
    /// `task_type`.
    enum Task: String {
        case causalLanguage = "CAUSAL_LM"
        case sequenceClassification = "SEQ_CLS"
    }

    /// The method and its settings.
    var adapter: AdapterConfiguration
    var baseModel: String
    var task = Task.causalLanguage
    /// Modules that are saved whole beside the adapted ones: the classification head's.
    var modulesToSave: [String] = []
    /// Whether the adapted weights are stored as `[in, out]`. On reading it says nothing that the base does not: PEFT
    /// too goes by the base's own layers.
    var isTransposed = false
    /// Settings that follow from the model, as JSON.
    var members: [(key: String, value: String)] = []
    /// Which modules are adapted.
    var targets: AdapterTargets
    /// Whether PEFT has an embedding's update in the head too that is tied to it, `ensure_weight_tying`.
    var tiesUpdates = false
    /// Of them those whose inputs (IA)³ scales; nil for a method without any.
    var feedforward: AdapterTargets.Names?

    /// What a new adapter's files say.
    init(
        _ adapter: AdapterConfiguration, baseModel: String, task: Task = .causalLanguage, modulesToSave: [String] = [],
        isTransposed: Bool = false, members: [(key: String, value: String)] = []
    ) {
        self.members = members
        self.adapter = adapter
        self.baseModel = baseModel
        self.task = task
        self.modulesToSave = modulesToSave
        self.isTransposed = isTransposed
        targets = AdapterTargets(targets: .list(adapter.targets))
    }

    /// The file's bytes: keys sorted, indented by two.
    var text: String {
        let common = [
            ("base_model_name_or_path", JSONText.quote(baseModel)),
            ("inference_mode", "true"),
            ("modules_to_save", modulesToSave.isEmpty ? "null" : JSONText.list(modulesToSave)),
            ("peft_type", JSONText.quote(adapter.method.peftType ?? "")),
            ("task_type", JSONText.quote(task.rawValue)),
        ]
        let targets = adapter.method.adaptsProjections ? [("target_modules", JSONText.list(adapter.targets))] : []
        let excluded = adapter.excluded.isEmpty ? [] : [("exclude_modules", JSONText.list(adapter.excluded))]
        let shared = ([("fan_in_fan_out", "\(isTransposed)")] + excluded).filter {
            adapter.method.sharedSettings.contains($0.0)
        }
        let members = (common + targets + shared + adapter.method.members(adapter) + self.members).sorted {
            $0.0 < $1.0
        }
        return "{\n" + members.map { "  \"\($0.0)\": \($0.1)" }.joined(separator: ",\n") + "\n}\n"
    }

    /// The modules of a model that it adapts, in the model's order.
    ///
    /// - Throws: as `AdapterTargets.select`; `AdaptersError.unsupported` where an embedding's update is the head's too.
    func slots(of model: LanguageModel) throws -> [any ModuleSlot] {
        guard adapter.method.adaptsProjections else { return [] }
        let slots = try targets.select(among: model.moduleSlots)
        if tiesUpdates, let table = slots.first(where: { !$0.isProjection }) {
            throw AdaptersError(
                .unsupported, "The adapter's update of '\(table.name)' is the head's too (ensure_weight_tying).",
                cause: "lorad adapts the embedding alone, as PEFT does without that setting.",
                advice: "Merge the adapter into its base with PEFT, and use the merged model.")
        }
        return slots
    }

    /// What the file says of a slot that it adapts.
    func place(_ slot: any ModuleSlot) -> AdaptedPlace {
        let own = adapter.place(slot)
        return AdaptedPlace(
            slot: slot, rank: own.rank, scaling: own.scaling, beginning: own.beginning,
            scalesInput: feedforward?.areEndOf(slot.name) ?? false)
    }

    /// Checks that the adapter is of the model's task, and that its method goes with what is saved whole.
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
        let method = adapter.method
        guard let other = modulesOfBase.first, !method.settings.contains("bias"), !method.trainsBiasesAlone else {
            return
        }
        throw AdaptersError(
            .unsupported, "The adapter in \(folder) saves the module '\(other)' whole, which lorad does not support.",
            cause: "Beside \(method.title) no modules of the base are trained.")
    }

    /// Of what is saved whole, modules of the base, and not a classification head's.
    var modulesOfBase: [String] {
        modulesToSave.filter { task == .causalLanguage || !SavedModules.known.contains($0) }
    }
}
