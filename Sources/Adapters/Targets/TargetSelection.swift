import Common
import ModelFiles
import Transformers

/// Which slots of a model a list of targets names.
package enum TargetSelection {
    /// Stands for every linear projection.
    package static let allLinear = "all-linear"

    /// The slots that `targets` name, in the model's order. A target names a slot whose module path equals it or ends
    /// with it at a dot, as in PEFT.
    ///
    /// - Throws: `AdaptersError.unknownTarget` listing every target that names nothing, the closest name, and all
    ///   that there are.
    package static func select(_ targets: [String], among slots: [ProjectionSlot]) throws -> [ProjectionSlot] {
        let available = leafNames(slots)
        guard !targets.isEmpty else {
            throw AdaptersError(.unknownTarget, "No target module is named.", advice: advice(available))
        }
        let unmatched = targets.filter { target in
            target != allLinear && !slots.contains { matches(target, $0.name) }
        }
        guard unmatched.isEmpty else {
            let complaints = unmatched.map { target in
                let closest = Suggestion.closest(to: target, among: available + slots.map(\.name))
                return "'\(target)'" + (closest.map { " (did you mean '\($0)'?)" } ?? "")
            }
            throw AdaptersError(
                .unknownTarget, "The base has no linear projection named \(complaints.joined(separator: ", ")).",
                advice: advice(available))
        }
        return slots.filter { slot in targets.contains { $0 == allLinear || matches($0, slot.name) } }
    }

    /// The targets as `adapter_config.json` lists them: sorted, `all-linear` spelled out.
    ///
    /// - Parameter others: modules that are no targets. Where a name would mean one of them too, as `dense` does
    ///   RoBERTa's `classifier.dense`, the paths' last two parts stand in its place.
    package static func configurationNames(
        _ targets: [String], among slots: [ProjectionSlot], apartFrom others: [String] = []
    ) -> [String] {
        let names = targets.flatMap { $0 == allLinear ? leafNames(slots) : [$0] }
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
    package static func leafNames(_ slots: [ProjectionSlot]) -> [String] {
        var seen = Set<String>()
        return slots.compactMap { slot in
            let leaf = String(slot.name.split(separator: ".").last ?? "")
            return seen.insert(leaf).inserted ? leaf : nil
        }
    }

    /// Whether a target names a module: by its whole path, or by its end from a dot on.
    static func matches(_ target: String, _ name: String) -> Bool {
        name == target || name.hasSuffix("." + target)
    }

    private static func advice(_ available: [String]) -> String {
        "Available targets: \(available.joined(separator: ", ")), \(allLinear)."
    }
}
