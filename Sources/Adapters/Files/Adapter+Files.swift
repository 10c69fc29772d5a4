import Common
import Foundation
import ModelFiles
import Tensors
import Transformers

extension Adapter: Trainable {
    static let configurationFile = "adapter_config.json"

    /// The folder of a run that holds a model, where its method makes one.
    package static let modelFolder = "model"

    /// Writes `adapter_config.json` and `adapter_model.safetensors` into an existing folder, as PEFT loads them.
    ///
    /// The safetensors metadata says what the adapter fits, and nothing that differs between equal trainings.
    ///
    /// - Parameter labels: names of the classes, where the model has a head for them.
    /// - Throws: `SystemError.unwritable`; `AdaptersError.unsupported` of a method that makes a model.
    package func save(folder: String, identity: BaseIdentity, baseModel: String, labels: [String]? = nil) throws {
        guard !configuration.method.publishesModel else {
            throw AdaptersError(.unsupported, "What \(configuration.method.title) makes is no adapter.")
        }
        let own = publishedConfiguration
        let file = AdapterConfigurationFile(
            own, baseModel: baseModel, task: head == nil ? .causalLanguage : .sequenceClassification,
            modulesToSave: (head.map(SavedModules.names) ?? []) + own.savedModules,
            isTransposed: modules.contains { $0.slot.isProjection && $0.slot.isTransposed },
            members: update?.members ?? [])
        try AtomicFile.write(Data(file.text.utf8), to: "\(folder)/\(Self.configurationFile)")
        var metadata = [
            "format": "pt", "lorad.base_sha256": identity.baseSHA256,
            "lorad.tokenizer_sha256": identity.tokenizerSHA256,
        ]
        if own.method.adaptsProjections { metadata["lorad.targets"] = targetModules.joined(separator: ",") }
        if own.method.hasRank {
            metadata["lorad.rank"] = String(own.rank)
            metadata["lorad.alpha"] = "\(own.alpha)"
        }
        metadata["lorad.labels"] = labels.map(AdapterTask.encode)
        let tensors =
            modules.flatMap(\.update.published).map { TensorEntry(name: $0.name, matrix: $0.matrix, shape: $0.shape) }
            + (whole?.saved ?? [])
            + ((update?.parameters ?? []) + (head?.parameters ?? [])).map {
                TensorEntry(name: $0.name, matrix: $0.value, shape: $0.shape)
            }
        try SafetensorsWriter.write(tensors, metadata: metadata, to: "\(folder)/\(AdapterWeights.fileName)")
    }

    /// The configuration as its file has it: updates that began as a part of the base's weights are plain ones of twice
    /// the rank, with the same factor on B·A.
    private var publishedConfiguration: AdapterConfiguration {
        var own = configuration
        own.targets = published.names
        own.excluded = published.excluded
        own.layers = published.layers
        own.feedforward = published.feedforward
        guard own.beginning.isPartOfWeight else { return own }
        let factor: Float = own.isRankStabilised ? Float(2).squareRoot() : 2
        own.rank *= 2
        own.alpha *= factor
        own.ranks = own.ranks.mapValues { 2 * $0 }
        own.alphas = own.alphas.mapValues { $0 * factor }
        return own
    }

    /// Reads an adapter that lorad or PEFT wrote, and attaches it to `model`.
    ///
    /// - Parameter expecting: where given, an adapter that names another base or tokenizer is refused.
    /// - Throws: `AdaptersError.unsupported`, `.malformed`, `.unknownTarget`, `.notFinite`; `.mismatch` listing every
    ///   tensor that is missing, unexpected or misshapen, or the base that the adapter was made for.
    package static func load(folder: String, into model: LanguageModel, expecting: BaseIdentity? = nil) throws
        -> Adapter
    {
        let read = try AdapterConfigurationFile.read("\(folder)/\(configurationFile)")
        try read.check(head: model.classifier, folder: folder)
        let file = try AdapterWeights(folder: folder)
        try check(file.metadata, expecting, folder: folder)
        var own = read.adapter
        own.savedModules = try TrainedModules.saved(read.modulesOfBase, by: read.adapter.method, on: model)
        let slots = try read.slots(of: model)
        let places = slots.map(read.place)
        let adapter = try Adapter(
            own, places: places,
            published: PublishedTargets(
                read.targets.names(of: slots), feedforward: read.feedforward?.listed ?? [], places),
            model: model, seed: 0)
        do {
            let file = file.renamed(for: adapter)
            try file.check(adapter, slots: model.moduleSlots)
            try file.read(into: adapter)
            try adapter.checkFinite(advice: "Train it again, at a lower rate.")
        } catch {
            adapter.detach()
            throw error
        }
        return adapter
    }

    /// What an adapter's files say it was trained for.
    ///
    /// - Throws: as reading them; `AdaptersError.malformed` for a classification adapter without a head.
    package static func task(folder: String) throws -> AdapterTask {
        try AdapterTask(
            configuration: try AdapterConfigurationFile.read("\(folder)/\(configurationFile)"),
            weights: try AdapterWeights(folder: folder), folder: folder)
    }

    /// The files that an adapter's folder must hold.
    package static let fileNames = [configurationFile, AdapterWeights.fileName]

    /// The method that an adapter's files name.
    ///
    /// - Throws: as reading `adapter_config.json`.
    package static func method(folder: String) throws -> AdapterMethod {
        try AdapterConfigurationFile.read("\(folder)/\(configurationFile)").adapter.method
    }

    /// Whether an adapter's files hold an update of an embedding.
    ///
    /// - Throws: as `AdapterWeights`.
    package static func adaptsEmbedding(folder: String) throws -> Bool {
        try AdapterWeights(folder: folder).names.contains { $0.hasSuffix(LowRankEmbedding.suffixA) }
    }

    /// Where an adapter's configuration says that its base lies; empty where it does not.
    ///
    /// - Throws: as reading `adapter_config.json`.
    package static func recordedBaseModel(folder: String) throws -> String {
        try AdapterConfigurationFile.read("\(folder)/\(configurationFile)").baseModel
    }

    /// The base that an adapter's file says it was made for; nil where it says nothing, as PEFT's own files do.
    ///
    /// - Throws: as `AdapterWeights`.
    package static func recordedBase(folder: String) throws -> String? {
        try AdapterWeights(folder: folder).metadata["lorad.base_sha256"]
    }

    /// The base and the tokenizer that an adapter's file says it was made for; nil where it says nothing.
    ///
    /// - Throws: as `AdapterWeights`; `AdaptersError.unsupported` for a run that holds a whole model.
    package static func recordedIdentity(folder: String) throws -> (base: String?, tokenizer: String?) {
        try AdapterConfigurationFile.refuseModel(in: folder)
        let metadata = try AdapterWeights(folder: folder).metadata
        return (metadata["lorad.base_sha256"], metadata["lorad.tokenizer_sha256"])
    }

    private static func check(_ metadata: [String: String], _ expecting: BaseIdentity?, folder: String) throws {
        guard let expecting else { return }
        let pairs = [
            ("base", metadata["lorad.base_sha256"], [expecting.baseSHA256]),
            (
                "tokenizer", metadata["lorad.tokenizer_sha256"],
                [expecting.tokenizerSHA256, expecting.tokenizerSHA256Version1].compactMap { $0 }
            ),
        ]
        for case (let kind, .some(let found), let expected) in pairs where !expected.contains(found) {
            throw AdaptersError(
                .mismatch, "The adapter in \(folder) was made for the \(kind) \(found), not for \(expected[0]).",
                advice: "Use the base that `lorad hash` shows with that hash, or train the adapter anew.")
        }
    }
}
