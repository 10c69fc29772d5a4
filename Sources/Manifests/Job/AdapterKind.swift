/// The kinds of adapter lorad trains.
package enum AdapterKind: String, Sendable, CaseIterable, Codable {
    case lora, dora, ia3, bitfit

    /// The keys of `adapter` that it has beside those that all have.
    package var keys: Set<String> {
        switch self {
        case .lora, .dora:
            ["rank", "alpha", "use_rslora", "dropout", "rank_pattern", "alpha_pattern", "layers", "init"]
        case .ia3: ["feedforward_modules"]
        case .bitfit: []
        }
    }

    /// What A and B may begin as.
    var beginnings: [AdapterBeginning] {
        switch self {
        case .lora: AdapterBeginning.allCases
        case .dora: [.kaiming, .gaussian]
        case .ia3, .bitfit: []
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

/// What A and B of a low-rank update begin as, PEFT's `init_lora_weights`.
package enum AdapterBeginning: String, Sendable, CaseIterable, Codable {
    case kaiming, gaussian, pissa, olora
}
