import Tensors
import Transformers

/// An adapter attached to a model: an update of a method in the slot of each targeted projection, or in slots of another
/// kind. A classification head is trained in full and belongs to the adapter.
package final class Adapter {
    /// One targeted module and what adapts it.
    package struct Module {
        package let place: AdaptedPlace
        package let update: any WeightUpdate

        package var slot: any ModuleSlot { place.slot }
    }

    package let configuration: AdapterConfiguration
    /// Of a method that adapts projections.
    package let modules: [Module]
    /// Of a method that attaches elsewhere.
    package let update: (any ModelUpdate)?
    /// Tensors of the base that are trained whole beside the updates; nil where there are none.
    let whole: WholeTensors?
    /// What the method does at each step beside the update.
    private let companion: (any TrainingCompanion)?
    /// The model's classification head; nil where it predicts tokens.
    package let head: ClassificationHead?
    /// What `adapter_config.json` says of which modules are adapted.
    let published: PublishedTargets
    /// Targets as `adapter_config.json` lists them.
    package var targetModules: [String] { published.names }

    /// Attaches a fresh adapter, with which the model answers as before until it is trained.
    ///
    /// - Parameter seed: the initial values and the dropout masks are a function of it alone.
    /// - Throws: `AdaptersError.unknownTarget`, `.mismatch` where a slot is taken, `.unsupported` where the method cannot
    ///   adapt a projection, `.notFinite` where it begins as a part of a weight that is none.
    package static func attach(_ configuration: AdapterConfiguration, to model: LanguageModel, seed: UInt64) throws
        -> Adapter
    {
        let adapter = try Adapter(configuration, model: model, seed: seed)
        adapter.head?.reset()
        do {
            for (index, module) in adapter.modules.enumerated() {
                try module.update.initialise(Philox(seed: seed, stream: .adapterInitialisation(module: index)))
            }
            adapter.update?.initialise(Philox(seed: seed, stream: .adapterInitialisation(module: 0)))
        } catch {
            adapter.detach()
            throw error
        }
        return adapter
    }

    /// Attaches updates of zeros to what the configuration's targets name.
    private convenience init(_ configuration: AdapterConfiguration, model: LanguageModel, seed: UInt64) throws {
        let places = try configuration.places(on: model)
        // A file may name biases that its base does not have; to train them there must be some.
        _ = try TrainedModules.elements(configuration, adapted: Set(places.map(\.slot.name)), on: model)
        try self.init(
            configuration, places: places, published: try PublishedTargets(configuration, places, on: model),
            model: model, seed: seed)
    }

    /// Attaches updates of zeros, for files to be read into.
    init(
        _ configuration: AdapterConfiguration, places: [AdaptedPlace], published: PublishedTargets,
        model: LanguageModel, seed: UInt64
    ) throws {
        if let taken = places.first(where: \.slot.isTaken) {
            throw AdaptersError(.mismatch, "The module '\(taken.slot.name)' already has an adapter.")
        }
        self.configuration = configuration
        self.published = published
        head = model.classifier
        let whole = try TrainedModules.tensors(configuration, adapted: Set(places.map(\.slot.name)), on: model)
        if whole?.areFree == false {
            throw AdaptersError(.mismatch, "The model's own tensors are trained already.")
        }
        self.whole = whole
        switch configuration.method.attachment {
        case .projections(_, let make):
            modules = try places.enumerated().map { index, place in
                guard place.slot.isProjection else {
                    return Module(place: place, update: try configuration.method.embeddings(of: place.slot).make(place))
                }
                let dropout = UpdateDropout(
                    probability: configuration.dropout,
                    random: Philox(seed: seed, stream: .adapterDropout(module: index)))
                return Module(place: place, update: try make(place, dropout))
            }
            update = nil
        case .model(_, let make):
            let update = try make(configuration, model)
            guard update.slotsAreFree else {
                throw AdaptersError(.mismatch, "The model already has an adapter of \(configuration.method.title).")
            }
            modules = []
            self.update = update
        }
        companion = configuration.method.companion(configuration, modules.map(\.update))
        setEnabled(true)
    }

    /// Whether the embedding of the tokens is among what is adapted.
    package var adaptsEmbedding: Bool { modules.contains { !$0.slot.isProjection } }

    /// Every trainable matrix, in a fixed order.
    package var parameters: [Parameter] { adapted + (whole?.parameters ?? []) + (head?.parameters ?? []) }

    /// What of them is the method's.
    private var adapted: [Parameter] { update?.parameters ?? modules.flatMap { $0.update.parameters } }

    /// What the method stands in, in words.
    package var placeText: String { update?.placeText ?? modulesText }

    private var modulesText: String {
        let tables = modules.count { !$0.slot.isProjection }
        return "\(modules.count - tables) projections" + (tables == 0 ? "" : " and the embedding")
    }

    package var constants: [(name: String, matrix: Matrix)] { modules.flatMap(\.update.constants) }

    package var state: [(name: String, matrix: Matrix)] { companion?.state ?? [] }

    package func regularise() -> Double { companion?.regularise() ?? 0 }

    package func updated(step: Int) { companion?.updated(step: step) }

    package var fingerprint: String { configuration.fingerprint }

    /// Trainable elements.
    package var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.rows * $1.value.columns } }

    /// While disabled, the base answers, with the head that training started from.
    package func setEnabled(_ enabled: Bool) {
        head?.usesTrained = enabled
        for module in modules { module.update.setAttached(enabled, to: module.slot) }
        update?.setEnabled(enabled)
        whole?.setEnabled(enabled)
    }

    /// Takes the adapter off its model for good.
    package func detach() { setEnabled(false) }

    /// Checks that the update moves something.
    ///
    /// - Throws: `AdaptersError.zeroUpdate` where no module differs from an untrained one, `.notFinite` naming a tensor with NaN or infinity.
    package func checkMeaningful() throws {
        try checkFinite(advice: "Lower training.learning_rate, or look at the rows of the step where the loss rose.")
        let moved = update?.changesOutput ?? modules.contains(where: \.update.changesOutput)
        guard moved || whole?.differ == true else {
            throw AdaptersError(
                .zeroUpdate, "The adapter changes nothing: \(configuration.method.untrained) in every module.",
                advice: "Train for at least one step with a learning rate above zero.")
        }
    }

    /// - Throws: `AdaptersError.unsupported` where the method cannot be merged, with the reason.
    package func requireMergeable() throws {
        guard let obstacle = configuration.method.mergeObstacle else { return }
        throw AdaptersError(
            .unsupported, "An adapter of \(configuration.method.title) cannot be merged.", cause: obstacle,
            advice: "Serve it beside its base, as PEFT and lorad do.")
    }

    /// - Throws: `AdaptersError.notFinite` naming a tensor with NaN or infinity.
    func checkFinite(advice: String) throws {
        for parameter in parameters where !Kernels.allFinite(parameter.value) {
            throw AdaptersError(
                .notFinite, "The adapter tensor '\(parameter.name)' holds NaN or infinity.", advice: advice)
        }
    }
}
