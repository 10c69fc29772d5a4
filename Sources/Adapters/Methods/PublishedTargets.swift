import Transformers

/// What `adapter_config.json` says of which modules are adapted, such that PEFT finds those that lorad adapted.
struct PublishedTargets {
    /// `target_modules`, sorted.
    let names: [String]
    /// `exclude_modules`
    let excluded: [String]
    /// `layers_to_transform`
    let layers: Set<Int>?
    /// `feedforward_modules` of (IA)³, which PEFT wants to be among `target_modules`.
    let feedforward: [String]

    /// As a manifest says it, where PEFT understands the same by it; else every module by its whole path.
    ///
    /// - Throws: as `AdapterTargets.select`.
    init(_ configuration: AdapterConfiguration, _ places: [AdaptedPlace], on model: LanguageModel) throws {
        guard configuration.method.adaptsProjections else {
            self.init([], feedforward: [], [])
            return
        }
        let names = TargetSelection.configurationNames(
            configuration.targets, among: places.map(\.slot), apartFrom: model.classifier?.trained.map(\.name) ?? [])
        var read = AdapterTargets(targets: .list(names))
        read.excluded = configuration.excluded.isEmpty ? nil : .list(configuration.excluded)
        read.layers = configuration.layers
        read.savedWhole = try configuration.savedModules.map(AdapterTargets.whole)
        let paths = places.map(\.slot.name)
        let excludes = configuration.excluded.isEmpty || configuration.method.sharedSettings.contains("exclude_modules")
        if excludes, try read.select(among: model.moduleSlots).map(\.name) == paths {
            self.init(
                names, excluded: configuration.excluded.sorted(), layers: configuration.layers,
                feedforward: configuration.feedforward, places)
        } else {
            self.init(paths.sorted(), excluded: [], layers: nil, feedforward: configuration.feedforward, places)
        }
    }

    /// - Parameter feedforward: names of the modules whose inputs are scaled, kept where PEFT takes the same by them:
    ///   it looks for paths that end so, at a dot or not.
    init(
        _ names: [String], excluded: [String] = [], layers: Set<Int>? = nil, feedforward: [String],
        _ places: [AdaptedPlace]
    ) {
        let isUnderstood =
            feedforward.allSatisfy(names.contains)
            && places.allSatisfy { place in
                feedforward.contains(where: place.slot.name.hasSuffix) == place.scalesInput
            }
        let paths = places.filter(\.scalesInput).map(\.slot.name)
        self.names = isUnderstood ? names : Set(names + paths).sorted()
        self.feedforward = isUnderstood ? feedforward.sorted() : paths.sorted()
        self.excluded = excluded
        self.layers = layers
    }
}
