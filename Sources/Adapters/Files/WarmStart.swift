import ModelFiles
import Tensors
import Transformers

/// A setting in which an adapter differs from the one that is to go on from it.
package struct WarmStartDifference: Sendable, Equatable {
    package enum Setting: String, Sendable, CaseIterable {
        case base, tokenizer, task, labels, method, targets, rank, alpha
        case rankStabilised = "use_rslora"
        case feedforward = "feedforward_modules"
        /// What a method has beside these.
        case settings
    }

    package let setting: Setting
    /// What the parent has.
    package let parent: String
    /// What the adapter has.
    package let own: String
}

/// An adapter in a folder that another one is to go on from: with the same shape, for the same base.
package struct WarmStart {
    private let folder: String
    private let read: AdapterConfigurationFile
    private let file: AdapterWeights

    /// - Throws: as reading the files.
    package init(folder: String) throws {
        self.folder = folder
        read = try AdapterConfigurationFile.read("\(folder)/\(Adapter.configurationFile)")
        file = try AdapterWeights(folder: folder)
    }

    /// Of the weights' file, whose SHA-256 an adapter is known by.
    package static let weightsName = AdapterWeights.fileName
    /// Of the file that says its shape.
    package static let configurationName = Adapter.configurationFile

    /// Whether the file says which base it is for, as lorad's do and PEFT's do not.
    package var namesItsBase: Bool { file.metadata["lorad.base_sha256"] != nil }

    /// Every setting in which the parent differs from `adapter`; of base and tokenizer what the parent's file says of them.
    ///
    /// - Parameter labels: names of the adapter's classes, where it has some.
    /// - Throws: as reading the files; `AdaptersError.unknownTarget` where the parent adapts nothing of this base.
    package func differences(
        from adapter: Adapter, on model: LanguageModel, identity: BaseIdentity, labels: [String]?
    ) throws -> [WarmStartDifference] {
        var found: [WarmStartDifference] = []
        func compare(_ setting: WarmStartDifference.Setting, _ parent: String?, _ own: [String?]) {
            guard let parent, let first = own.first ?? nil, !own.contains(parent) else { return }
            found.append(WarmStartDifference(setting: setting, parent: parent, own: first))
        }
        let ours = adapter.configuration
        compare(.base, file.metadata["lorad.base_sha256"], [identity.baseSHA256])
        compare(
            .tokenizer, file.metadata["lorad.tokenizer_sha256"],
            [identity.tokenizerSHA256, identity.tokenizerSHA256Version1])
        let task: AdapterConfigurationFile.Task = adapter.head == nil ? .causalLanguage : .sequenceClassification
        compare(.task, read.task.rawValue, [task.rawValue])
        if case .sequenceClassification(_, let names?) = try AdapterTask(
            configuration: read, weights: file, folder: folder)
        {
            compare(.labels, names.joined(separator: ", "), [labels?.joined(separator: ", ")])
        }
        compare(.method, read.adapter.method.name, [ours.method.name])
        compare(.rankStabilised, "\(read.adapter.isRankStabilised)", ["\(ours.isRankStabilised)"])
        if ours.method.hasRank, ours.ranks.isEmpty { compare(.rank, "\(read.adapter.rank)", ["\(ours.rank)"]) }
        if ours.method.hasRank, ours.alphas.isEmpty { compare(.alpha, "\(read.adapter.alpha)", ["\(ours.alpha)"]) }
        var theirs = read.adapter
        theirs.savedModules = try TrainedModules.saved(read.modulesOfBase, by: read.adapter.method, on: model)
        compare(.settings, theirs.ownSettings, [ours.ownSettings])
        let slots = try read.slots(of: model)
        if Set(slots.map(\.name)) != Set(adapter.modules.map(\.slot.name)) {
            let names = read.targets.names(of: slots).joined(separator: ", ")
            let own = adapter.targetModules.joined(separator: ", ")
            found.append(WarmStartDifference(setting: .targets, parent: names, own: own))
        }
        return found + (found.isEmpty ? patterns(slots, adapter) : [])
    }

    /// The first module that has another rank or factor than the parent's, or is scaled at another side.
    private func patterns(_ slots: [any ModuleSlot], _ adapter: Adapter) -> [WarmStartDifference] {
        let ours = adapter.configuration
        for (own, parent) in zip(adapter.modules.map(\.place), slots.map(read.place)) {
            let name = own.slot.name
            if ours.method.hasRank, own.rank != parent.rank {
                return [WarmStartDifference(setting: .rank, parent: "\(parent.rank) in \(name)", own: "\(own.rank)")]
            }
            if ours.method.hasRank, own.scaling != parent.scaling {
                let alphas = [parent, own].map { "\($0.scaling) times \($0.rank)" }
                return [WarmStartDifference(setting: .alpha, parent: "\(alphas[0]) in \(name)", own: alphas[1])]
            }
            if own.scalesInput != parent.scalesInput {
                let sides = [parent, own].map { $0.scalesInput ? "inputs" : "outputs" }
                return [WarmStartDifference(setting: .feedforward, parent: "\(sides[0]) of \(name)", own: sides[1])]
            }
        }
        return []
    }

    /// Reads the parent's values into an adapter that differs from it in nothing.
    ///
    /// - Throws: `AdaptersError.mismatch` listing tensors that do not fit; `.notFinite`; as reading them.
    package func begin(_ adapter: Adapter, on model: LanguageModel) throws {
        let file = file.renamed(for: adapter)
        try file.check(adapter, slots: model.moduleSlots)
        try file.read(into: adapter)
        try adapter.checkFinite(advice: "Go on from another run, or train from the start.")
    }
}
