/// What the virtual tokens of prompt tuning begin as, PEFT's `prompt_tuning_init`.
package enum PromptBeginning: String, Sendable, CaseIterable, Codable {
    case random, text
}

/// Which sublayers a bottleneck stands behind.
package enum BottleneckPlaces: String, Sendable, CaseIterable, Codable {
    case houlsby, pfeiffer
}

/// Which biases of the base are trained beside A and B, PEFT's `bias`; or beside those of projections, by a method that
/// trains no other.
package enum BiasTraining: String, Sendable, CaseIterable, Codable {
    case none, all
    case loraOnly = "lora_only"
}
