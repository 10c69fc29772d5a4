/// How near the requantised model that a run publishes stands to base and adapter, over the next-token distributions of the
/// regression prompts: `requantisation` in `report.json`.
package struct RequantisationReport: Codable, Sendable, Equatable {
    /// What most weights are stored in, as GGUF names it.
    package var type: String
    /// The mean of KL(base and adapter ‖ published model) over positions, in nats.
    package var meanKL: Double
    /// The mean of KL(base and adapter ‖ base): what the adapter does.
    package var adapterKL: Double
    /// 1 − mean_kl / adapter_kl: how much of what the adapter does is left.
    package var effectKept: Double
    /// The share of positions at which both choose the same token.
    package var top1Agreement: Double
    /// Whether greedy texts are the same for every prompt.
    package var identicalText: Bool

    /// - Parameters: as the properties.
    package init(
        type: String, meanKL: Double, adapterKL: Double, effectKept: Double, top1Agreement: Double, identicalText: Bool
    ) {
        self.type = type
        self.meanKL = meanKL
        self.adapterKL = adapterKL
        self.effectKept = effectKept
        self.top1Agreement = top1Agreement
        self.identicalText = identicalText
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case meanKL = "mean_kl"
        case adapterKL = "adapter_kl"
        case effectKept = "effect_kept"
        case top1Agreement = "top1_agreement"
        case identicalText = "identical_text"
    }
}
