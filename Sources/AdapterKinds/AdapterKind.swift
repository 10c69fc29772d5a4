/// A method of adaptation as manifests and reports know it: what is so of it before there is a model, and when only its
/// report is left. What it computes, a descriptor in `Adapters/Methods` says.
package struct AdapterKind: RawRepresentable, CaseIterable, Sendable, Hashable {
    /// As `adapter.method` spells it.
    package let rawValue: String
    /// As its paper spells it.
    package let title: String
    /// The keys of `adapter` that it has beside those that all have.
    package let keys: Set<String>
    /// What A and B may begin as; empty where it has none.
    package let beginnings: [AdapterBeginning]
    /// Whether what was trained can be merged into the base's weights.
    package let isMergeable: Bool
    /// Whether PEFT reads its files.
    package let isPEFTs: Bool
    /// Whether what it makes is a model of its own, and no adapter.
    package let publishesModel: Bool
    /// The method of its updates and files, where that is another's.
    package let adapterMethod: String
    /// What makes its adapter take less memory, as an advice ends.
    package let lessMemory: String

    /// - Parameter lessMemory: nil for what follows from the keys.
    private init(
        _ rawValue: String, title: String, keys: Set<String>, beginnings: [AdapterBeginning] = [], isMergeable: Bool,
        isPEFTs: Bool = true, publishesModel: Bool = false, adapterMethod: String? = nil, lessMemory: String? = nil
    ) {
        self.rawValue = rawValue
        self.title = title
        self.keys = keys
        self.beginnings = beginnings
        self.isMergeable = isMergeable
        self.isPEFTs = isPEFTs
        self.publishesModel = publishesModel
        self.adapterMethod = adapterMethod ?? rawValue
        let targets = keys.contains("targets") ? "name fewer adapter.targets" : "use another adapter.method"
        self.lessMemory = lessMemory ?? (keys.contains("rank") ? "lower adapter.rank, or \(targets)" : targets)
    }

    package init?(rawValue: String) {
        guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = kind
    }

    /// A row for each, in the order of `AdapterMethods.all`.
    package static let allCases: [AdapterKind] = [
        AdapterKind(
            "lora", title: "LoRA", keys: lowRank.union(["modules_to_save", "bias"]),
            beginnings: AdapterBeginning.allCases, isMergeable: true),
        AdapterKind("dora", title: "DoRA", keys: lowRank, beginnings: [.kaiming, .gaussian], isMergeable: true),
        AdapterKind("ia3", title: "(IA)³", keys: targeting.union(["feedforward_modules"]), isMergeable: true),
        AdapterKind("bitfit", title: "BitFit", keys: targeting.union(["bias"]), isMergeable: true),
        AdapterKind(
            "adalora", title: "AdaLoRA",
            keys: targeting.union([
                "alpha", "dropout", "layers", "init_r", "target_r", "tinit", "tfinal", "deltaT", "beta1", "beta2",
                "orth_reg_weight",
            ]), isMergeable: true),
        AdapterKind(
            "prompt", title: "prompt tuning",
            keys: ["num_virtual_tokens", "prompt_tuning_init", "prompt_tuning_init_text"], isMergeable: false,
            lessMemory: "lower adapter.num_virtual_tokens"),
        AdapterKind(
            "prefix", title: "prefix tuning", keys: ["num_virtual_tokens"], isMergeable: false,
            lessMemory: "lower adapter.num_virtual_tokens"),
        AdapterKind(
            "bottleneck", title: "bottleneck", keys: ["variant", "reduction_factor"], isMergeable: false,
            isPEFTs: false, lessMemory: "raise adapter.reduction_factor"),
        AdapterKind(
            "full", title: "full fine-tuning", keys: [], isMergeable: false, isPEFTs: false, publishesModel: true,
            lessMemory: "train less than every parameter: adapter.method lora"),
        AdapterKind(
            "hybrid", title: "hybrid", keys: lowRank.union(["modules_to_save", "bias", "train_modules"]),
            beginnings: AdapterBeginning.allCases, isMergeable: true, adapterMethod: "lora"),
    ]

    /// What a manifest means that names none.
    package static let lora = named("lora")

    /// Of those with A and B.
    private static let lowRank = targeting.union([
        "rank", "alpha", "use_rslora", "dropout", "rank_pattern", "alpha_pattern", "layers", "init",
    ])

    /// Of those that adapt projections.
    private static let targeting: Set<String> = ["targets", "exclude"]

    private static func named(_ name: String) -> AdapterKind {
        guard let kind = AdapterKind(rawValue: name) else { preconditionFailure("a row of \(name)") }
        return kind
    }

    package static func == (left: AdapterKind, right: AdapterKind) -> Bool { left.rawValue == right.rawValue }

    package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

    /// Whether it adapts projections, which `targets` name.
    package var adaptsProjections: Bool { keys.contains("targets") }

    /// Whether its updates have A and B.
    package var isLowRank: Bool { hasRank || keys.contains("init_r") }

    /// Whether they have a rank of their own; one that falls while training is none.
    package var hasRank: Bool { keys.contains("rank") }

    /// The kinds that have a key, as a sentence names them; nil where all have it.
    package static func owners(of key: String) -> String? {
        let owners = allCases.filter { $0.keys.contains(key) }
        return owners.isEmpty ? nil : owners.map(\.rawValue).joined(separator: " or ")
    }
}

/// What A and B of a low-rank update begin as, PEFT's `init_lora_weights`.
package enum AdapterBeginning: String, Sendable, CaseIterable, Codable {
    case kaiming, gaussian, pissa, olora
}
