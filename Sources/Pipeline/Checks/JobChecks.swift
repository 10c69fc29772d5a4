import Adapters
import Common
import Datasets
import Evaluation
import ForeignText
import Foundation
import Manifests
import ModelFiles
import Tensors
import Tokenizers
import Training
import Transformers

/// What a manifest asks for, held against the rows and the model that it names.
struct JobChecks {
    let document: ManifestDocument
    let mistakes: JobMistakes

    /// Notes gates on slices that no row of the evaluation data belongs to.
    ///
    /// - Parameter slices: of each row; nil where rows are not sliced.
    func slices(_ slices: [String?], of path: String) {
        for (index, gate) in document.manifest.gates.enumerated() {
            slice(gate.slice, among: slices, of: path, key: "gates[\(index)].slice", who: "a gate is")
        }
    }

    /// Notes that the best step is told by a slice that no row of the validation data belongs to, or by an accuracy that
    /// its rows do not have.
    ///
    /// - Parameter slices: of each row that is scored; nil where rows are not sliced.
    func best(_ slices: [String?], of path: String, hasAccuracy: Bool = true) {
        guard let (slice, metric) = document.manifest.bestMetric else { return }
        let key = "training.best.metric"
        self.slice(slice, among: slices, of: path, key: key, who: "\(key) is")
        if metric == .accuracy, !hasAccuracy {
            mistakes.note(
                key, "\(key) is on accuracy, which running text does not have.",
                advice: "Use the slice's loss or perplexity.")
        }
    }

    private func slice(_ name: String, among slices: [String?], of path: String, key: String, who: String) {
        let names = Set(slices.compactMap(\.self)).union([SliceName.all])
        guard !names.contains(name) else { return }
        let closest = Suggestion.closest(to: name, among: names.sorted())
        mistakes.note(
            key, "\(who) on the slice \(ForeignText.quoted(name, limit: 256)), which no row of \(path) belongs to.",
            advice: (closest.map { "Did you mean \(ForeignText.quoted($0, limit: 256))? " } ?? "")
                + "There are: \(names.sorted().map(ForeignText.line).joined(separator: ", ")).")
    }

    /// Notes gates on metrics that are not measured for the task that the rows turned out to be, and merged files that its
    /// models do not have.
    func measurable(_ task: ModelTask) {
        let measured: Set<GateMetric>
        switch task {
        case .language: measured = [.loss, .perplexity, .accuracy, .calibrationError]
        case .classification(.classes): measured = [.loss, .accuracy, .calibrationError, .f1, .matthews]
        case .classification(.regression): measured = [.loss, .pearson, .spearman]
        }
        func note(_ key: String, _ metric: GateMetric, _ who: String) {
            guard !measured.contains(metric) else { return }
            mistakes.note(
                key, "\(who) on \(metric.rawValue), which is not measured on these rows.",
                advice: "Measured are: \(measured.map(\.rawValue).sorted().joined(separator: ", ")).")
        }
        for (index, gate) in document.manifest.gates.enumerated() {
            note("gates[\(index)].metric", gate.metric, "a gate is")
        }
        if let (_, metric) = document.manifest.bestMetric {
            note("training.best.metric", metric, "training.best.metric is")
        }
        if task == .classification(.regression), document.manifest.training.labelSmoothing ?? 0 > 0 {
            mistakes.note(
                "training.label_smoothing",
                "training.label_smoothing spreads a class's probability; the rows' labels are values to regress on.",
                advice: "Remove it, or set dataset.task: classification.")
        }
        if task != .language, document.manifest.merge.export == .gguf {
            mistakes.note(
                "merge.export", "merge.export gguf has no place for a classification head.", advice: "Use safetensors.")
        }
    }

    /// Notes tools that no row to train on could call, or that no template would write.
    ///
    /// - Parameter hasConversations: whether a row to train on is one.
    func tools(_ hasConversations: Bool, _ base: VerifiedBase?) {
        guard document.manifest.dataset.tools != nil else { return }
        let key = "dataset.tools"
        guard hasConversations else {
            return mistakes.note(
                key, "\(key) is about conversations, and no row to train on is one.", advice: "Remove it.")
        }
        guard let base else { return }
        let templates = [base.template].compactMap(\.self) + base.templates.values
        if !templates.isEmpty, !templates.contains(where: \.namesTools) {
            mistakes.note(
                key, "\(key) would change nothing: the chat template writes no tools.",
                advice: "Name a template that writes them in dataset.chat_template.")
        }
    }

    /// Notes warmup and decay that do not fit the steps of the job.
    func schedule(_ plan: TrainingConfiguration) {
        let section = document.manifest.training
        if let warmup = section.warmupSteps, warmup >= plan.steps {
            mistakes.note(
                "training.warmup_steps",
                "training.warmup_steps is \(warmup); the job has \(plan.steps) steps, and would end before the learning "
                    + "rate is reached.", advice: "Lower training.warmup_steps, or use training.warmup_ratio.")
        } else if let decay = section.decaySteps, plan.warmupSteps + decay > plan.steps {
            mistakes.note(
                "training.decay_steps",
                "training.decay_steps is \(decay); of the job's \(plan.steps) steps "
                    + "\(plan.steps - plan.warmupSteps) come after the warmup.", advice: "Lower training.decay_steps.")
        }
    }

    /// The adapter that the manifest describes; nil, and noted, where it names what the base lacks, or a rank that no
    /// update can have.
    ///
    /// - Parameter steps: of the training.
    func configuration(
        _ section: AdapterSection, of model: LanguageModel, _ tokenizer: any Tokenizer, steps: Int
    ) throws -> AdapterConfiguration? {
        let method = try AdapterMethods.named(section.method.adapterMethod)
        guard method.adaptsProjections else { return try whole(section, method, of: model, tokenizer) }
        guard
            let all = try known(
                "targets", { try TargetSelection.fitting(method, section.targets ?? [], among: model.moduleSlots) }),
            let layered = try known("layers", { try TargetSelection.inLayers(section.layerNumbers, of: all) }),
            let left = try known("exclude", { try TargetSelection.excluding(section.exclude ?? [], from: layered) }),
            let modules = try modules(section, beside: method, of: model)
        else { return nil }
        let slots = left.filter { !TrainedModules.contain($0.name, modules) }
        var configuration = AdapterConfiguration(
            method: method, rank: section.rank,
            alpha: Float(section.alpha), dropout: Float(section.dropout), targets: section.targets ?? [],
            isRankStabilised: section.useRSLoRA ?? false)
        configuration.excluded = section.exclude ?? []
        configuration.layers = section.layerNumbers
        configuration.feedforward = section.feedforwardModules ?? []
        configuration.savedModules = modules
        let bias = method.trainsBiasesAlone ? nil : section.bias
        configuration.bias = bias.flatMap { TrainedBiases(rawValue: $0.rawValue) } ?? .none
        configuration.beginning = section.beginning.flatMap { LowRankBeginning(rawValue: $0.rawValue) } ?? .kaiming
        if section.method.keys.contains("target_r") {
            guard let budget = budget(section, steps: steps) else { return nil }
            configuration.budget = budget
        }
        guard try patterns(section, among: slots, into: &configuration) else { return nil }
        let demand = try known(
            section.bias == nil ? "targets" : "bias", { try AdapterDemand(configuration, on: model) })
        guard demand != nil else { return nil }
        return fits(configuration, slots) && hasRates(slots) ? configuration : nil
    }

    /// Modules of the base that are saved beside the updates; nil, and noted, where there are none such.
    private func modules(
        _ section: AdapterSection, beside method: AdapterMethod, of model: LanguageModel
    ) throws -> [String]? {
        if method.trainsBiasesAlone, section.bias == .all {
            return try known("bias") { try TrainedModules.biasedNorms(on: model) }
        }
        return try known(section.trainModules == nil ? "modules_to_save" : "train_modules") {
            try TrainedModules.paths(section.wholeModules, on: model)
        }
    }

    /// What modules have of their own; false, and noted, where a name means none of the slots.
    private func patterns(
        _ section: AdapterSection, among slots: [any ModuleSlot], into configuration: inout AdapterConfiguration
    ) throws -> Bool {
        let names = configuration.feedforward
        let ranks = try known("rank_pattern") {
            let ranks = try ModuleSettings((section.rankPattern ?? []).map { ($0.name, $0.value) })
            try ranks.check(among: slots)
            return ranks
        }
        let alphas = try known("alpha_pattern") {
            let alphas = try ModuleSettings((section.alphaPattern ?? []).map { ($0.name, Float($0.value)) })
            try alphas.check(among: slots)
            return alphas
        }
        let feedforward: Void? = try known("feedforward_modules") {
            try TargetSelection.checkNames(names, among: slots)
        }
        guard let ranks, let alphas, feedforward != nil else { return false }
        (configuration.ranks, configuration.alphas) = (ranks, alphas)
        return true
    }

    /// AdaLoRA's; nil, and noted, where its schedule leaves no step to take ranks in.
    private func budget(_ section: AdapterSection, steps: Int) -> RankBudget? {
        guard section.tinit < steps - section.tfinal else {
            mistakes.note(
                section.tinit > 0 ? "adapter.tinit" : "adapter.tfinal",
                "adapter.tinit is \(section.tinit) and adapter.tfinal \(section.tfinal); of the job's \(steps) steps "
                    + "that leaves none to take ranks in.",
                advice: steps > 1
                    ? "Lower them until they come to \(steps - 1) at most, or train for \(section.tinit + section.tfinal + 1) "
                        + "steps (training.max_steps)."
                    : "Raise training.max_steps.")
            return nil
        }
        var budget = RankBudget()
        (budget.initialRank, budget.targetRank) = (section.initialRank, section.targetRank)
        (budget.initialSteps, budget.finalSteps) = (section.tinit, section.tfinal)
        (budget.interval, budget.totalSteps) = (section.deltaT, steps)
        (budget.beta1, budget.beta2) = (Float(section.beta1), Float(section.beta2))
        budget.orthogonality = Float(section.orthRegWeight)
        return budget
    }

    /// Of a method that adapts no projections.
    private func whole(
        _ section: AdapterSection, _ method: AdapterMethod, of model: LanguageModel, _ tokenizer: any Tokenizer
    ) throws -> AdapterConfiguration? {
        var configuration = AdapterConfiguration(method: method, targets: [])
        configuration.virtualTokens = section.virtualTokens
        configuration.variant = BottleneckVariant(rawValue: section.variant.rawValue) ?? .houlsby
        configuration.reductionFactor = section.reductionFactor
        if let text = section.promptText {
            let ids = tokenizer.encodeBeginning(text)
            guard !ids.isEmpty else {
                mistakes.note(
                    "adapter.prompt_tuning_init_text", "adapter.prompt_tuning_init_text has no tokens of the base's.")
                return nil
            }
            configuration.initialTokens = (0..<section.virtualTokens).map { ids[$0 % ids.count] }
        }
        guard try known("method", { try AdapterDemand(configuration, on: model) }) != nil else { return nil }
        return configuration
    }

    /// What `body` makes; nil, and noted at a key of `adapter`, where a name of it means nothing of the base.
    private func known<Result>(_ key: String, _ body: () throws -> Result) throws -> Result? {
        do {
            return try body()
        } catch let error as AdaptersError where error.code == .unknownTarget || error.code == .unsupported {
            mistakes.note("adapter.\(key)", error.message, cause: error.cause, advice: error.advice)
            return nil
        }
    }

    /// Whether the manifest says at which rates all of the targets are trained; noted where not.
    private func hasRates(_ slots: [any ModuleSlot]) -> Bool {
        guard document.manifest.training.loraPlusRatio != nil, let table = slots.first(where: { !$0.isProjection })
        else {
            return true
        }
        mistakes.note(
            "training.lora_plus_ratio",
            "training.lora_plus_ratio is about A and B of projections, and adapter.targets names the embedding "
                + "'\(table.name)', which PEFT trains at a third rate beside them.",
            advice: "Leave the embedding out of adapter.targets, or leave training.lora_plus_ratio out.")
        return false
    }

    /// Whether the ranks are such that an update can have them; noted where not.
    private func fits(_ configuration: AdapterConfiguration, _ slots: [any ModuleSlot]) -> Bool {
        guard configuration.method.isLowRank else { return true }
        let highest = slots.map { min($0.inputs, $0.outputs) }.max() ?? 0
        let own = slots.compactMap { slot in
            configuration.ranks.value(for: slot.name).map { (rank: $0, slot: slot) }
        }
        if let wrong = own.first(where: { $0.rank > min($0.slot.inputs, $0.slot.outputs) }) {
            mistakes.note(
                "adapter.rank_pattern",
                "adapter.rank_pattern gives \(wrong.slot.name) the rank \(wrong.rank); its update has none above "
                    + "\(min(wrong.slot.inputs, wrong.slot.outputs)).", advice: "Lower it: far fewer do as well.")
            return false
        }
        let rank = configuration.method.hasRank ? configuration.rank : configuration.budget.initialRank
        guard rank <= highest else {
            let key = configuration.method.hasRank ? "adapter.rank" : "adapter.init_r"
            mistakes.note(
                key,
                "\(key) is \(rank); no update of the projections that it targets has a rank above "
                    + "\(highest).", advice: "Lower \(key): far fewer do as well.")
            return false
        }
        return true
    }
}

extension AdapterSection {
    /// The layers' numbers; nil for all.
    fileprivate var layerNumbers: Set<Int>? { layers.map { Set($0.flatMap(\.layers)) } }
}
