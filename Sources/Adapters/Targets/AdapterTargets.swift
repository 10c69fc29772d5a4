import AdapterKinds
import Transformers

/// Which of a base's modules an adapter_config.json adapts, by PEFT's rules (`check_target_module_exists`).
///
/// A manifest's targets are held to the base strictly, see `TargetSelection`; a file that was made elsewhere may name
/// modules that this base lacks, as lists for several architectures do, and is held to its tensors instead.
struct AdapterTargets: Sendable {
    /// How modules are named.
    enum Names: Sendable {
        /// Whole paths, or their ends from a dot on.
        case list([String])
        /// The whole path matches.
        case pattern(ModulePattern)
        /// Every linear projection.
        case allLinear

        /// Whether (IA)³'s `feedforward_modules` mean a path: as PEFT reads them, the end of one need not begin at a dot.
        func areEndOf(_ path: String) -> Bool {
            if case .list(let names) = self { names.contains(where: path.hasSuffix) } else { include(path) }
        }

        /// The names of a list.
        var listed: [String] { if case .list(let names) = self { names } else { [] } }

        fileprivate func include(_ path: String) -> Bool {
            switch self {
            case .list(let names): names.contains { TargetSelection.matches($0, path) }
            case .pattern(let pattern): pattern.matches(path)
            case .allLinear: true
            }
        }
    }

    var targets: Names
    var excluded: Names?
    /// Modules that are saved whole, and whose parts therefore take no pair.
    var savedWhole: [ModulePattern] = []
    /// Layers that are adapted, of modules that are not named by their whole path; nil for all.
    var layers: Set<Int>?
    /// What stands before a layer's number; the second part of a path or a later one where there is none.
    var layerNames: [ModulePattern] = []

    /// A module that is saved whole, from `modules_to_save`, as an expression for all that is in it.
    ///
    /// - Throws: as `ModulePattern`.
    static func whole(_ module: String) throws -> ModulePattern {
        try ModulePattern("(^|.*\\.)" + module + "($|\\..*)")
    }

    /// The slots that are adapted, in the model's order.
    ///
    /// - Throws: `AdaptersError.unknownTarget` where there are none; `.unsupported` where a layer's number is ambiguous.
    func select(among slots: [any ModuleSlot]) throws -> [any ModuleSlot] {
        let selected = try slots.filter { try includes($0) }
        guard selected.isEmpty else { return selected }
        let names: String
        switch targets {
        case .list(let list): names = list.map { "'\($0)'" }.joined(separator: ", ")
        case .pattern(let pattern): names = "'\(pattern.text)'"
        case .allLinear: names = TargetWord.allLinear
        }
        throw AdaptersError(
            .unknownTarget, "The base has no linear projection that the adapter's target_modules (\(names)) name.",
            advice: "It has: \(TargetSelection.leafNames(slots).joined(separator: ", ")).")
    }

    /// The targets by name, as `adapter_config.json` lists them: those of an expression written out.
    func names(of slots: [any ModuleSlot]) -> [String] {
        guard case .list(let names) = targets, excluded == nil, layers == nil else { return slots.map(\.name).sorted() }
        return names.sorted()
    }

    private func includes(_ slot: any ModuleSlot) throws -> Bool {
        let path = slot.name
        if case .allLinear = targets, !slot.isProjection { return false }
        if let excluded, excluded.include(path) { return false }
        if savedWhole.contains(where: { $0.matches(path) }) { return false }
        guard targets.include(path) else { return false }
        guard case .list(let names) = targets, !names.contains(path), let layers else { return true }
        return try layer(of: path).map(layers.contains) ?? false
    }

    /// The number of the layer that a module belongs to; nil where its path holds none.
    private func layer(of path: String) throws -> Int? {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !layerNames.isEmpty else { return Self.layer(of: path) }
        for name in layerNames {
            var start = 0
            for part in parts {
                let found = Set(name.ends(in: path, from: start).compactMap { Self.layer(after: $0, in: path) })
                guard found.count < 2 else {
                    throw AdaptersError(
                        .unsupported, "The adapter's layers_pattern '\(name.text)' finds several layers in '\(path)'.",
                        advice: "Name the part of the path before the layer's number, such as 'layers'.")
                }
                if let layer = found.first { return layer }
                start += part.unicodeScalars.count + 1
            }
        }
        return nil
    }

    /// The number of the layer that a module belongs to where nobody says what stands before it; nil where its path
    /// holds none.
    static func layer(of path: String) -> Int? {
        path.split(separator: ".", omittingEmptySubsequences: false).dropLast().dropFirst(2).lazy
            .compactMap { number(String($0)) }.first
    }

    /// The number between the dot at `end` and the next one.
    private static func layer(after end: Int, in path: String) -> Int? {
        let rest = path.unicodeScalars.dropFirst(end)
        guard rest.first == "." else { return nil }
        let digits = rest.dropFirst().prefix { $0 != "." }
        return digits.endIndex == path.unicodeScalars.endIndex ? nil : number(String(String.UnicodeScalarView(digits)))
    }

    private static func number(_ text: String) -> Int? {
        text.unicodeScalars.allSatisfy(ScalarSet.digit.contains) ? Int(text) : nil
    }
}
