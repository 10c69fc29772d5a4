import Transformers

extension TargetSelection {
    /// The slots that a configuration adapts, in the model's order.
    ///
    /// - Throws: `AdaptersError.unknownTarget` as above, and where an excluded module, a layer, a pattern or a name of
    ///   `feedforward` names nothing of what is left.
    static func select(_ configuration: AdapterConfiguration, among slots: [any ModuleSlot]) throws
        -> [any ModuleSlot]
    {
        let targeted = try fitting(configuration.method, configuration.targets, among: slots)
        let layered = try inLayers(configuration.layers, of: targeted)
        let left = try excluding(configuration.excluded, from: layered)
        let selected = left.filter { !TrainedModules.contain($0.name, configuration.savedModules) }
        guard !selected.isEmpty else {
            throw AdaptersError(
                .unknownTarget, "Every targeted projection lies in a module that is trained whole.",
                advice: "Leave some to be adapted.")
        }
        if configuration.beginning.isPartOfWeight, let table = selected.first(where: { !$0.isProjection }) {
            throw AdaptersError(
                .unsupported, "The embedding '\(table.name)' does not begin with \(configuration.beginning.rawValue).",
                cause: "Of an embedding PEFT begins A with zeros and B with random numbers, whatever the projections' "
                    + "beginning.", advice: "Leave it out of the targets, or leave out adapter.init.")
        }
        try configuration.ranks.check(among: selected)
        try configuration.alphas.check(among: selected)
        try checkNames(configuration.feedforward, among: selected)
        return selected
    }

    /// The slots that `targets` name and that a method has something to adapt in: of `all-linear` those that it has.
    ///
    /// - Throws: as `select`; `AdaptersError.unsupported` where it has nothing to adapt in a slot that is named, or in any.
    package static func fitting(
        _ method: AdapterMethod, _ targets: [String], among slots: [any ModuleSlot]
    ) throws -> [any ModuleSlot] {
        let offered = slots.filter { $0.isProjection || method.adaptsEmbeddings }
        let targeted = try select(targets, among: slots, offering: offered)
        let unfit = targeted.filter { method.obstacle(to: $0) != nil }
        let named = unfit.first { slot in targets.contains { matches($0, slot.name) } }
        guard let first = named ?? (unfit.count == targeted.count ? unfit.first : nil),
            let obstacle = method.obstacle(to: first)
        else { return targeted.filter { method.obstacle(to: $0) == nil } }
        let fit = leafNames(slots.filter { method.obstacle(to: $0) == nil })
        throw AdaptersError(
            .unsupported, "\(method.title) has nothing to adapt: '\(first.name)' \(obstacle).",
            advice: fit.isEmpty
                ? "No projection of this base has what it adapts: use another method."
                : "Name projections that it adapts: \(fit.joined(separator: ", ")).")
    }
}
