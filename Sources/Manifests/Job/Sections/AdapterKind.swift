/// The kinds of adapter lorad trains.
package enum AdapterKind: String, Sendable, CaseIterable, Codable {
    case lora, dora, ia3, bitfit, adalora, prompt, prefix, bottleneck, full, hybrid

    /// The keys of `adapter` that it has beside those that all have.
    package var keys: Set<String> {
        switch self {
        case .lora: Self.lowRank.union(["modules_to_save", "bias"])
        case .hybrid: Self.lowRank.union(["modules_to_save", "bias", "train_modules"])
        case .dora: Self.lowRank
        case .ia3: Self.targeting.union(["feedforward_modules"])
        case .bitfit: Self.targeting
        case .adalora:
            Self.targeting.union([
                "alpha", "dropout", "layers", "init_r", "target_r", "tinit", "tfinal", "deltaT", "beta1", "beta2",
                "orth_reg_weight",
            ])
        case .prompt: ["num_virtual_tokens", "prompt_tuning_init", "prompt_tuning_init_text"]
        case .prefix: ["num_virtual_tokens"]
        case .bottleneck: ["variant", "reduction_factor"]
        case .full: []
        }
    }

    /// Of those with A and B.
    private static let lowRank = targeting.union([
        "rank", "alpha", "use_rslora", "dropout", "rank_pattern", "alpha_pattern", "layers", "init",
    ])

    /// Of those that adapt projections.
    private static let targeting: Set<String> = ["targets", "exclude"]

    /// Whether it adapts projections, which `targets` name.
    package var adaptsProjections: Bool { keys.contains("targets") }

    /// What adapters of the kind are: a hybrid's updates and files are LoRA's.
    package var adapterMethod: String { self == .hybrid ? AdapterKind.lora.rawValue : rawValue }

    /// Whether it trains every parameter of the base, and what it makes is a model of its own.
    package var publishesModel: Bool { self == .full }

    /// Whether what was trained can be merged into the base's weights.
    package var isMergeable: Bool { adaptsProjections }

    /// What A and B may begin as.
    var beginnings: [AdapterBeginning] {
        switch self {
        case .lora, .hybrid: AdapterBeginning.allCases
        case .dora: [.kaiming, .gaussian]
        case .ia3, .bitfit, .adalora, .prompt, .prefix, .bottleneck, .full: []
        }
    }

    /// Whether its updates have A and B.
    package var isLowRank: Bool { keys.contains("rank") }

    /// The kinds that have a key, as a sentence names them; nil where all have it.
    static func owners(of key: String) -> String? {
        let owners = allCases.filter { $0.keys.contains(key) }
        return owners.isEmpty ? nil : owners.map(\.rawValue).joined(separator: " or ")
    }
}

/// What the virtual tokens of prompt tuning begin as, PEFT's `prompt_tuning_init`.
package enum PromptBeginning: String, Sendable, CaseIterable, Codable {
    case random, text
}

/// Which sublayers a bottleneck stands behind.
package enum BottleneckPlaces: String, Sendable, CaseIterable, Codable {
    case houlsby, pfeiffer
}

/// What A and B of a low-rank update begin as, PEFT's `init_lora_weights`.
package enum AdapterBeginning: String, Sendable, CaseIterable, Codable {
    case kaiming, gaussian, pissa, olora
}

/// Which biases of the base are trained beside A and B, PEFT's `bias`.
package enum BiasTraining: String, Sendable, CaseIterable, Codable {
    case none, all
    case loraOnly = "lora_only"
}
