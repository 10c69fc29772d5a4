import Transformers

/// A method of adaptation and its settings. A method reads those that it has, see `AdapterMethod.settings`.
package struct AdapterConfiguration: Sendable, Equatable {
    /// How the targets are adapted.
    package var method: AdapterMethod
    /// `r`, rows of A and columns of B.
    package var rank: Int
    package var alpha: Float
    /// Probability with which an element of the branch's input is dropped while training.
    package var dropout: Float
    /// Which projections: names (`q_proj`), path suffixes (`layers.0.self_attn.q_proj`), or `all-linear`; and the embedding
    /// by its name (`embed_tokens`).
    package var targets: [String]
    /// Whether B·A is scaled by alpha/√rank, PEFT's `use_rslora`. https://arxiv.org/abs/2312.03732
    package var isRankStabilised: Bool
    /// Ranks of modules that have their own, PEFT's `rank_pattern`.
    package var ranks = ModuleSettings<Int>.none
    /// Alphas of modules that have their own, PEFT's `alpha_pattern`.
    package var alphas = ModuleSettings<Float>.none
    /// Of the targets, modules that are not adapted, PEFT's `exclude_modules`; names as in `targets`.
    package var excluded: [String] = []
    /// Layers whose modules are adapted, PEFT's `layers_to_transform`; nil for all, and what is in none.
    package var layers: Set<Int>?
    /// What A and B begin as.
    package var beginning = LowRankBeginning.kaiming
    /// Of the targets, modules whose inputs are scaled by (IA)³ and not their outputs; names as in `targets`.
    package var feedforward: [String] = []

    /// Modules of the base that are trained whole beside the updates, by their whole paths: PEFT's `modules_to_save`.
    package var savedModules: [String] = []
    /// Which biases of the base are trained, PEFT's `bias`.
    package var bias = TrainedBiases.none

    /// Rows before every sequence of prompt and prefix tuning, PEFT's `num_virtual_tokens`.
    package var virtualTokens = 20
    /// The tokens whose embeddings a prompt begins as, as many as virtual ones; nil for random ones.
    package var initialTokens: [Int]?
    /// How ranks fall while AdaLoRA is trained.
    package var budget = RankBudget()
    /// Where bottlenecks stand.
    package var variant = BottleneckVariant.houlsby
    /// How many times narrower than a row a bottleneck is.
    package var reductionFactor = 16

    /// More than a text could ever have before it.
    static let mostVirtualTokens = 1 << 16

    /// More than any matrix of a model has rows.
    static let largestRank = 1 << 16

    package init(
        method: AdapterMethod = .lora, rank: Int = 8, alpha: Float = 16, dropout: Float = 0,
        targets: [String] = ["q_proj", "v_proj"], isRankStabilised: Bool = false
    ) {
        self.method = method
        self.rank = rank
        self.alpha = alpha
        self.dropout = dropout
        self.targets = targets
        self.isRankStabilised = isRankStabilised
    }

    /// The factor on B·A: alpha/rank, or alpha/√rank.
    package var scaling: Float { scaling(rank: rank, alpha: alpha) }

    /// The factor on the B·A of a module with a rank or an alpha of its own.
    func scaling(rank: Int, alpha: Float) -> Float {
        isRankStabilised ? alpha / Float(rank).squareRoot() : alpha / Float(rank)
    }

    /// What of the configuration decides a training's course, as text that stays as it is: checkpoints hold its hash. A
    /// setting that is new adds to the text only where it is not what was computed before there was one.
    package var fingerprint: String {
        var text = "LoRAConfiguration(rank: \(rank), alpha: \(alpha), dropout: \(dropout), targets: \(targets))"
        if method != .lora { text += " method: \(method.name)" }
        if isRankStabilised { text += " use_rslora" }
        if !ranks.isEmpty { text += " rank_pattern: \(ranks.text)" }
        if !alphas.isEmpty { text += " alpha_pattern: \(alphas.text)" }
        if !excluded.isEmpty { text += " exclude: \(excluded)" }
        if let layers { text += " layers: \(layers.sorted())" }
        if beginning != .kaiming { text += " init: \(beginning.rawValue)" }
        if !savedModules.isEmpty { text += " modules_to_save: \(savedModules)" }
        if bias != .none { text += " bias: \(bias.rawValue)" }
        if !feedforward.isEmpty { text += " feedforward_modules: \(feedforward)" }
        return text + method.fingerprint(self)
    }

    /// What tells two adapters of a method apart beside rank, alpha and targets, in words; empty where nothing does.
    var ownSettings: String {
        if let initial = method.rank?(self) {
            return "init_r \(initial), alpha \(alpha)" + (ranks.isEmpty ? "" : ", cut to the ranks that were kept")
        }
        guard !method.adaptsProjections else {
            guard !savedModules.isEmpty || bias != .none else { return "" }
            return "modules_to_save \(savedModules.joined(separator: ", ")), bias \(bias.rawValue)"
        }
        return method.members(self).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    /// What the configuration says of a slot that it adapts.
    func place(_ slot: any ModuleSlot) -> AdaptedPlace {
        let rank = ranks.value(for: slot.name) ?? method.rank?(self) ?? rank
        let alpha = alphas.value(for: slot.name) ?? alpha
        return AdaptedPlace(
            slot: slot, rank: rank, scaling: method.scaling?(self, rank, alpha) ?? scaling(rank: rank, alpha: alpha),
            beginning: beginning,
            scalesInput: feedforward.contains { TargetSelection.matches($0, slot.name) })
    }

    /// The modules of a model that it adapts: projections in the model's order, and behind them its embedding.
    ///
    /// - Throws: `AdaptersError.unknownTarget` where a target, an excluded module, a layer or a pattern names nothing.
    package func places(on model: LanguageModel) throws -> [AdaptedPlace] {
        guard method.adaptsProjections else { return [] }
        return try TargetSelection.select(self, among: model.moduleSlots).map(place)
    }
}
