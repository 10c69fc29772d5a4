import AdapterKinds
import Common
import ModelFiles
import Tensors
import Transformers

/// One method of adapting a base: what it computes, and where. Each has a file of its own, and its place in
/// `AdapterMethods.all`; what manifests and reports say of it is its row of `AdapterKind.allCases`, and nothing else names
/// one.
package struct AdapterMethod: Sendable, Equatable {
    /// As a manifest's `adapter.method` spells it.
    package let name: String
    /// What a report calls it.
    package var title: String { AdapterKind(rawValue: name)?.title ?? name }
    /// `peft_type` of PEFT's adapter_config.json; nil where what is trained is no adapter.
    package let peftType: String?
    /// The key of adapter_config.json that is true for this method alone of those of its `peft_type`.
    let flag: String?
    /// The keys of adapter_config.json that only methods such as this one have; others' are refused by name.
    let settings: Set<String>
    /// Whether its updates have A and B.
    package var isLowRank: Bool { settings.contains("r") }
    /// Whether they have a rank of their own; one that falls while training is none.
    package var hasRank: Bool { isLowRank && rank == nil }
    /// Why llama.cpp's adapter files cannot hold it; nil where they can.
    package let ggufObstacle: String?
    /// Why it cannot be merged into the base's weights; nil where it can.
    package var mergeObstacle: String?
    /// What is so in every module that has not been trained.
    let untrained: String
    /// The settings as adapter_config.json has them: keys and JSON values.
    let members: @Sendable (AdapterConfiguration) -> [(key: String, value: String)]
    /// The slots that it attaches to, and what it puts there.
    let attachment: MethodAttachment
    /// Reads the settings that it alone has from adapter_config.json.
    ///
    /// - Throws: `AdaptersError.malformed` or `.unsupported`; as reading a field.
    var read: @Sendable (ConfigurationFields, inout AdapterConfiguration) throws -> Void = { _, _ in }
    /// What of its own settings decides a training's course, as text that stays as it is; empty where there is nothing.
    var fingerprint: @Sendable (AdapterConfiguration) -> String = { _ in "" }
    /// The rank of a module that has none of its own; nil for the configuration's.
    var rank: (@Sendable (AdapterConfiguration) -> Int)?
    /// The factor on a module's update; nil for alpha/rank or alpha/√rank.
    var scaling: (@Sendable (AdapterConfiguration, _ rank: Int, _ alpha: Float) -> Float)?
    /// Makes what the method does at each step of a training beside the update of its parameters; nil where that is nothing.
    var companion: @Sendable (AdapterConfiguration, [any WeightUpdate]) -> (any TrainingCompanion)? = { _, _ in nil }
    /// Those of the keys that most methods' adapter_config.json have which its has too.
    var sharedSettings: Set<String> = ["fan_in_fan_out", "exclude_modules"]
    /// Why it has nothing to adapt in a slot; nil where it has. Slots that are not named one by one are passed over.
    var obstacle: @Sendable (any ModuleSlot) -> String? = { _ in nil }
    /// How it adapts the table of an embedding; nil where it does not.
    var embeddings: EmbeddingAttachment?
    package var adaptsEmbeddings: Bool { embeddings != nil }
    /// Whether it adapts all that it can where no target is named, and not what PEFT adapts in a base of the type.
    package var adaptsAllByDefault = false
    /// Whether of modules that are saved beside its updates it trains the biases alone.
    package var trainsBiasesAlone = false
    /// What the names of a module's tensors may end in after the module's path, in a file.
    package var suffixes: [String] = []

    /// Whether what it makes is a model of its own, and no adapter.
    package var publishesModel: Bool { peftType == nil }

    /// Whether it adapts projections, which targets name.
    package var adaptsProjections: Bool { if case .projections = attachment { true } else { false } }

    package static func == (left: AdapterMethod, right: AdapterMethod) -> Bool { left.name == right.name }

    /// Why it cannot adapt a slot; nil where it can.
    func obstacle(to slot: any ModuleSlot) -> String? {
        guard slot.isProjection || adaptsEmbeddings else {
            return "is an embedding's table, which only \(AdapterMethods.embeddingKinds) adapt"
        }
        return obstacle(slot)
    }

    /// How it adapts a table.
    ///
    /// - Throws: `AdaptersError.unsupported` where it adapts none.
    func embeddings(of slot: any ModuleSlot) throws -> EmbeddingAttachment {
        guard let embeddings else {
            throw AdaptersError(
                .unsupported, "\(title) does not adapt the embedding '\(slot.name)'.",
                cause: "Only \(AdapterMethods.embeddingKinds) adapt an embedding's table.",
                advice: "Leave it out of the targets; where the adapter is PEFT's, merge it into its base with PEFT.")
        }
        return embeddings
    }
}

/// Where in a model a method attaches, what that will take of memory, and what it puts there: of zeros, for
/// `initialise` or a file to fill.
enum MethodAttachment: Sendable {
    /// To each targeted projection.
    ///
    /// `make` throws `AdaptersError.unsupported` where the slot is none that the method can adapt.
    case projections(
        demand: @Sendable (AdaptedPlace) -> ModuleDemand,
        make: @Sendable (AdaptedPlace, UpdateDropout) throws -> any ProjectionUpdate)
    /// To slots of other kinds, of the whole model.
    ///
    /// Both throw `AdaptersError.unsupported` where the model has no such slots, or not the room.
    case model(
        demand: @Sendable (AdapterConfiguration, LanguageModel) throws -> ModuleDemand,
        make: @Sendable (AdapterConfiguration, LanguageModel) throws -> any ModelUpdate)
}

/// What a method puts beside an embedding's table, and what that will take of memory: of zeros, as above.
struct EmbeddingAttachment: Sendable {
    let demand: @Sendable (AdaptedPlace) -> ModuleDemand
    let make: @Sendable (AdaptedPlace) -> any EmbeddingUpdate
}

/// The methods that lorad trains, reads and writes.
package enum AdapterMethods {
    package static let all: [AdapterMethod] = [
        .lora, .dora, .ia3, .bitfit, .adalora, .prompt, .prefix, .bottleneck, .full,
    ]

    /// The kinds that adapt an embedding's table, as a sentence names them.
    static let embeddingKinds = AdapterKind.allCases
        .filter { kind in all.contains { $0.name == kind.adapterMethod && $0.adaptsEmbeddings } }
        .map(\.rawValue).joined(separator: " and ")

    /// The method that a manifest names.
    ///
    /// - Throws: `AdaptersError.unsupported` naming those that there are.
    package static func named(_ name: String) throws -> AdapterMethod {
        guard let method = all.first(where: { $0.name == name }) else {
            throw AdaptersError(
                .unsupported, "There is no method '\(name)'.",
                advice: "There are: \(all.map(\.name).joined(separator: ", ")).")
        }
        return method
    }

    /// The method of an adapter_config.json: that of its `peft_type` whose flag is on, else the one without a flag.
    ///
    /// - Parameter isOn: whether the file sets a key to true.
    /// - Returns: nil where no method has the type.
    static func method(peftType: String?, isOn: (String) throws -> Bool) rethrows -> AdapterMethod? {
        let candidates = all.filter { $0.peftType != nil && $0.peftType == peftType }
        return try candidates.first { try $0.flag.map(isOn) ?? false } ?? candidates.first { $0.flag == nil }
    }
}

/// A slot with what an adapter's configuration says of its module.
package struct AdaptedPlace {
    package let slot: any ModuleSlot
    /// Rows of the module's A.
    package let rank: Int
    /// The factor on the module's B·A.
    package let scaling: Float
    /// What its A and B begin as.
    let beginning: LowRankBeginning
    /// Whether (IA)³ scales its inputs, and not its outputs.
    let scalesInput: Bool
}

/// What one module of an adapter takes of memory, known before it is made.
struct ModuleDemand {
    /// Trainable elements.
    var elements: Int
    /// Of them, those whose values lie in the base's own memory.
    var elementsInPlace = 0
    /// Elements of float32 that stay what training began with.
    var constants = 0
    /// Numbers that are kept of every token for the backward pass.
    var savedCount: Int
    /// Numbers of every token that the module's passes hold for a while.
    var scratchCount: Int
    /// Most bytes that its beginning, or the analysis of its update, takes for a while.
    var analysisBytes: Int
    /// Rows that are computed before the tokens of every sequence.
    var promptRows = 0
}
