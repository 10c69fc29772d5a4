/// What the adapter learned in one target module: an entry of `analysis` in `report.json`. The update is
/// ΔW = B·A·alpha/r, shaped as the base weight W it is added to.
package struct ModuleAnalysis: Codable, Sendable, Equatable {
    /// The module's path in the checkpoint, `model.layers.0.self_attn.q_proj`.
    package var module: String
    /// The singular values of ΔW, largest first; as many as the rank, and none of a method that has no rank.
    package var singularValues: [Double]
    /// ‖ΔW‖ over ‖W‖, both Frobenius norms.
    package var relativeFrobeniusNorm: Double

    /// The analysis of one module.
    package init(module: String, singularValues: [Double], relativeFrobeniusNorm: Double) {
        self.module = module
        self.singularValues = singularValues
        self.relativeFrobeniusNorm = relativeFrobeniusNorm
    }

    /// How many of the largest directions hold `share` of the update's energy (Σσ²): what the rank is used for.
    package func directions(holding share: Double) -> Int {
        let energies = singularValues.map { $0 * $0 }
        let total = energies.reduce(0, +)
        guard total > 0, total.isFinite else { return 0 }
        var held = 0.0
        for (index, energy) in energies.enumerated() {
            held += energy
            if held >= share * total { return index + 1 }
        }
        return energies.count
    }

    private enum CodingKeys: String, CodingKey {
        case module
        case singularValues = "singular_values"
        case relativeFrobeniusNorm = "relative_frobenius_norm"
    }
}
