import AdapterKinds
import Common
import ModelFiles
import Transformers

/// Which slots of a model a list of targets names.
package enum TargetSelection {
    /// The slots that `targets` name, in the model's order. A target names a slot whose module path equals it or ends
    /// with it at a dot, as in PEFT.
    ///
    /// - Parameter offered: those of the slots that an error offers; all where nil.
    /// - Throws: `AdaptersError.unknownTarget` listing every target that names nothing, the closest name, and all
    ///   that there are.
    package static func select(
        _ targets: [String], among slots: [any ModuleSlot], offering offered: [any ModuleSlot]? = nil
    ) throws -> [any ModuleSlot] {
        let available = leafNames(offered ?? slots)
        guard !targets.isEmpty else {
            throw AdaptersError(.unknownTarget, "No target module is named.", advice: advice(available))
        }
        let unmatched = targets.filter { target in
            target != TargetWord.allLinear && !slots.contains { matches(target, $0.name) }
        }
        guard unmatched.isEmpty else {
            let complaints = complaints(unmatched, among: offered ?? slots)
            throw AdaptersError(
                .unknownTarget, "The base has no linear projection named \(complaints).", advice: advice(available))
        }
        return slots.filter { slot in
            targets.contains { $0 == TargetWord.allLinear ? slot.isProjection : matches($0, slot.name) }
        }
    }

    /// The slots of these layers; all where nil.
    ///
    /// - Throws: `AdaptersError.unknownTarget` naming a layer that no slot belongs to, or a table, which is in none.
    package static func inLayers(_ layers: Set<Int>?, of slots: [any ModuleSlot]) throws -> [any ModuleSlot] {
        guard let layers else { return slots }
        if let table = slots.first(where: { !$0.isProjection }) {
            throw AdaptersError(
                .unknownTarget, "The targeted embedding '\(table.name)' is in no layer, so that layers leaves it out.",
                advice: "Leave it out of the targets, or leave layers out.")
        }
        let numbers = Set(slots.compactMap { AdapterTargets.layer(of: $0.name) })
        let unknown = layers.subtracting(numbers).sorted()
        guard unknown.isEmpty else {
            let range = numbers.min().map { "\($0) to \(numbers.max() ?? $0)" } ?? "in no layer"
            throw AdaptersError(
                .unknownTarget,
                "No targeted projection is in layer \(unknown.map(String.init).joined(separator: ", ")).",
                advice: "The targeted projections are in layers \(range).")
        }
        return slots.filter { AdapterTargets.layer(of: $0.name).map(layers.contains) ?? false }
    }

    /// The slots that none of `names` names.
    ///
    /// - Throws: `AdaptersError.unknownTarget` for a name that takes nothing away, or where nothing is left.
    package static func excluding(_ names: [String], from slots: [any ModuleSlot]) throws -> [any ModuleSlot] {
        try checkNames(names, among: slots)
        let left = slots.filter { slot in !names.contains { matches($0, slot.name) } }
        guard !left.isEmpty else {
            throw AdaptersError(
                .unknownTarget, "Every targeted projection is excluded.", advice: "Leave some to be adapted.")
        }
        return left
    }

    /// Checks that each name means one of the targeted slots.
    ///
    /// - Throws: `AdaptersError.unknownTarget` naming those that mean none, with the closest names.
    package static func checkNames(_ names: [String], among slots: [any ModuleSlot]) throws {
        let unmatched = names.filter { name in !slots.contains { matches(name, $0.name) } }
        guard unmatched.isEmpty else {
            throw failure(unmatched, "No targeted projection is named", among: slots, advice: "Targeted are")
        }
    }

    /// An error of names that mean none of `slots`, with the closest ones and all that there are.
    static func failure(
        _ unmatched: [String], _ sentence: String, among slots: [any ModuleSlot], advice: String
    ) -> AdaptersError {
        AdaptersError(
            .unknownTarget, "\(sentence) \(complaints(unmatched, among: slots)).",
            advice: "\(advice): \(leafNames(slots).joined(separator: ", ")).")
    }

    private static func complaints(_ unmatched: [String], among slots: [any ModuleSlot]) -> String {
        unmatched.map { target in
            let closest = Suggestion.closest(to: target, among: leafNames(slots) + slots.map(\.name))
            return "'\(target)'" + (closest.map { " (did you mean '\($0)'?)" } ?? "")
        }.joined(separator: ", ")
    }

    /// The targets as `adapter_config.json` lists them: sorted, `all-linear` spelled out.
    ///
    /// - Parameter others: modules that are no targets. Where a name would mean one of them too, as `dense` does
    ///   RoBERTa's `classifier.dense`, the paths' last two parts stand in its place.
    package static func configurationNames(
        _ targets: [String], among slots: [any ModuleSlot], apartFrom others: [String] = []
    ) -> [String] {
        let names = targets.flatMap { $0 == TargetWord.allLinear ? leafNames(slots.filter(\.isProjection)) : [$0] }
        return Set(
            names.flatMap { name -> [String] in
                guard others.contains(where: { matches(name, $0) }) else { return [name] }
                return slots.map(\.name).filter { matches(name, $0) }.map { path in
                    path.split(separator: ".").suffix(2).joined(separator: ".")
                }
            }
        ).sorted()
    }

    /// Last components of the slots' paths, in the order in which they first occur.
    package static func leafNames(_ slots: [any ModuleSlot]) -> [String] {
        var seen = Set<String>()
        return slots.compactMap { slot in
            let leaf = String(slot.name.split(separator: ".").last ?? "")
            return seen.insert(leaf).inserted ? leaf : nil
        }
    }

    /// Whether a target names a module: by its whole path, or by its end from a dot on.
    package static func matches(_ target: String, _ name: String) -> Bool {
        name == target || name.hasSuffix("." + target)
    }

    private static func advice(_ available: [String]) -> String {
        "Available targets: \(available.joined(separator: ", ")), \(TargetWord.allLinear)."
    }
}
