import Transformers

/// Which biases of the base are trained beside A and B.
package enum TrainedBiases: String, Sendable, CaseIterable {
    case none, all
    /// Those of adapted projections.
    case adapted = "lora_only"
}

/// Modules of a base that are trained whole: where they stand, and under which names PEFT keeps their tensors.
package enum TrainedModules {
    /// The modules that names mean, by their whole paths, the outermost of those that lie in one another. A name is a
    /// regular expression that matches a module's path, or its end from a dot on; or what checkpoints call the module.
    ///
    /// - Throws: `AdaptersError.unknownTarget` naming those that mean none; `.unsupported` for the table of a tied head, or
    ///   weights that are not stored in float32.
    package static func paths(_ names: [String], on model: LanguageModel) throws -> [String] {
        guard !names.isEmpty else { return [] }
        try WholeTensors.requireTrainable(model)
        try model.unfreeze()
        let modules = modules(of: model)
        let former = formerPaths(of: model)
        var found = Set<String>()
        for name in names {
            let pattern = try ModulePattern("(.*\\.)?(" + name + ")")
            let matches = modules.filter { pattern.matches($0) || former[$0].map(pattern.matches) == true }
            guard !matches.isEmpty else { throw unknown(name, modules, isTied: model.tiedTable != nil) }
            found.formUnion(matches)
        }
        let outermost = modules.filter { path in
            found.contains(path) && !found.contains { $0 != path && path.hasPrefix($0 + ".") }
        }
        try refuseTied(outermost, model)
        return outermost
    }

    /// The modules that a file's `modules_to_save` mean: PEFT takes each whose path ends so, at a dot or not. The path may
    /// be that of an older version of transformers.
    ///
    /// - Throws: as `paths`.
    static func saved(_ names: [String], by method: AdapterMethod, on model: LanguageModel) throws -> [String] {
        guard !names.isEmpty else { return [] }
        if !method.trainsBiasesAlone { try WholeTensors.requireTrainable(model) }
        try model.unfreeze()
        let modules = modules(of: model)
        let former = formerPaths(of: model)
        func isMeant(_ path: String, by name: String) -> Bool {
            path.hasSuffix(name) || former[path]?.hasSuffix(name) == true
        }
        if let name = names.first(where: { name in !modules.contains { isMeant($0, by: name) } }) {
            throw unknown(name, modules, isTied: model.tiedTable != nil)
        }
        let found = modules.filter { path in names.contains { isMeant(path, by: $0) } }
        let outermost = found.filter { path in !found.contains { $0 != path && path.hasPrefix($0 + ".") } }
        try refuseTied(outermost, model)
        return outermost
    }

    /// The norms that have a bias.
    ///
    /// - Throws: `AdaptersError.unsupported` where a bias is neither a projection's nor a norm's.
    package static func biasedNorms(on model: LanguageModel) throws -> [String] {
        try model.unfreeze()
        let projections = Set(model.slots.map(\.name))
        let norms = Set(model.parameterSlots.filter { $0.kind == .norm }.map(\.module))
        let biases = model.parameterSlots.filter { $0.kind == .bias && !projections.contains($0.module) }
        if let other = biases.first(where: { !norms.contains($0.module) }) {
            throw AdaptersError(
                .unsupported,
                "Not every bias of the base can be trained: '\(other.name)' is neither a projection's nor a norm's.",
                advice: "Leave bias out, and those of projections are trained.")
        }
        return biases.map(\.module)
    }

    /// Whether a module's path, or a projection's, lies in one of those that are trained whole.
    package static func contain(_ path: String, _ modules: [String]) -> Bool {
        modules.contains { path == $0 || path.hasPrefix($0 + ".") }
    }

    /// Every tensor that a configuration has trained whole, named as PEFT saves it; nil where there is none.
    ///
    /// - Parameter adapted: paths of the projections that have an update.
    /// - Throws: as `LanguageModel.unfreeze`.
    static func tensors(
        _ configuration: AdapterConfiguration, adapted: Set<String>, on model: LanguageModel
    ) throws -> WholeTensors? {
        guard !configuration.savedModules.isEmpty || configuration.bias != .none else { return nil }
        let slots = try slots(configuration, adapted: adapted, on: model)
        // PEFT reads a file that trains biases on a base that has none.
        guard !slots.isEmpty else { return nil }
        let others =
            configuration.method.trainsBiasesAlone
            ? model.parameterSlots.filter { $0.kind != .bias && contain($0.module, configuration.savedModules) } : []
        let tensors = WholeTensors(slots, beside: others) { slot in
            // PEFT puts an adapted projection into a layer of its own.
            let isInside = adapted.contains(slot.module) && slot.kind == .bias
            let name = isInside ? "\(slot.module).base_layer.bias" : slot.name
            return TensorNames.prefix + name
        }
        tensors.keepBase()
        return tensors
    }

    /// Elements of those tensors.
    ///
    /// - Throws: as `tensors`; `AdaptersError.unsupported` where biases are to be trained and there is none.
    static func elements(
        _ configuration: AdapterConfiguration, adapted: Set<String>, on model: LanguageModel
    ) throws -> Int {
        guard !configuration.savedModules.isEmpty || configuration.bias != .none else { return 0 }
        let slots = try slots(configuration, adapted: adapted, on: model)
        let isThere = slots.contains { isTrainedBias($0, configuration, adapted: adapted) }
        guard configuration.bias == .none || isThere else {
            throw AdaptersError(
                .unsupported, "There is no bias to train, and bias is \(configuration.bias.rawValue).",
                cause: "The base has none where it would be.", advice: "Leave it at none.")
        }
        return slots.reduce(0) { $0 + $1.value.rows * $1.value.columns }
    }

    private static func slots(
        _ configuration: AdapterConfiguration, adapted: Set<String>, on model: LanguageModel
    ) throws -> [ParameterSlot] {
        try model.unfreeze()
        return model.parameterSlots.filter {
            isSaved($0, configuration) || isTrainedBias($0, configuration, adapted: adapted)
        }
    }

    private static func isSaved(_ slot: ParameterSlot, _ configuration: AdapterConfiguration) -> Bool {
        (slot.kind == .bias || !configuration.method.trainsBiasesAlone)
            && contain(slot.module, configuration.savedModules)
    }

    private static func isTrainedBias(
        _ slot: ParameterSlot, _ configuration: AdapterConfiguration, adapted: Set<String>
    ) -> Bool {
        guard slot.kind == .bias else { return false }
        return configuration.bias == .all || configuration.bias == .adapted && adapted.contains(slot.module)
    }

    /// Every path of a module that holds a tensor, from the outermost on.
    private static func modules(of model: LanguageModel) -> [String] {
        var seen = Set<String>()
        var paths: [String] = []
        for slot in model.parameterSlots {
            let parts = slot.module.split(separator: ".", omittingEmptySubsequences: false)
            for count in 1...parts.count {
                let path = parts.prefix(count).joined(separator: ".")
                if seen.insert(path).inserted { paths.append(path) }
            }
        }
        return paths
    }

    /// What modules were called once, by their paths.
    private static func formerPaths(of model: LanguageModel) -> [String: String] {
        let pairs = model.parameterSlots.compactMap { slot in slot.formerModule.map { (slot.module, $0) } }
        return Dictionary(pairs) { first, _ in first }
    }

    private static func unknown(_ name: String, _ modules: [String], isTied: Bool) -> AdaptersError {
        var ends: [String] = []
        for module in modules {
            let end = String(module.split(separator: ".").last ?? "")
            if Int(end) == nil, !ends.contains(end) { ends.append(end) }
        }
        return AdaptersError(
            isTied ? .unsupported : .unknownTarget, "The base has no module named '\(name)'.",
            cause: isTied ? "Its head is the embedding's table, and no module with a weight of its own." : nil,
            advice: "It has: \(ends.joined(separator: ", ")).")
    }

    private static func refuseTied(_ paths: [String], _ model: LanguageModel) throws {
        guard let tied = model.tiedTable, contain(tied.module, paths) else { return }
        throw AdaptersError(
            .unsupported, "The module '\(tied.module)' cannot be trained whole: the base's head is the same table.",
            cause: "PEFT trains a copy for the embedding alone, and head and embedding would part.",
            advice: "Train the base whole (adapter.method: full), or other modules.")
    }
}
