import Foundation
import Tensors
import Transformers

/// A low-rank adapter attached to a model: one pair A `[r, in]`, B `[out, r]` for each targeted projection. A
/// classification head is trained in full and belongs to the adapter.
package final class LoRAAdapter {
    /// One targeted projection and its pair.
    package struct Module {
        package let slot: ProjectionSlot
        /// `[r, in]`
        package let a: Parameter
        /// `[out, r]`
        package let b: Parameter
        /// The factor on B·A.
        package let scaling: Float
        let update: LowRankUpdate
    }

    package let configuration: LoRAConfiguration
    package let modules: [Module]
    /// The model's classification head; nil where it predicts tokens.
    package let head: ClassificationHead?
    /// Targets as `adapter_config.json` lists them.
    package let targetModules: [String]

    /// Attaches a fresh adapter: A is Kaiming-uniform with a = √5 (uniform within ±1/√in), B zero, so that the model
    /// answers as before until it is trained.
    ///
    /// - Parameter seed: A and the dropout masks are a function of it alone.
    /// - Throws: `AdaptersError.unknownTarget`, `.mismatch` where a slot is taken.
    package static func attach(_ configuration: LoRAConfiguration, to model: LanguageModel, seed: UInt64) throws
        -> LoRAAdapter
    {
        let adapter = try LoRAAdapter(configuration, model: model, seed: seed)
        adapter.head?.reset()
        for (index, module) in adapter.modules.enumerated() {
            let random = Philox(seed: seed, stream: .adapterInitialisation(module: index))
            let bound = 1 / Float(module.slot.inputs).squareRoot()
            let a = module.a.value
            for row in 0..<a.rows {
                for column in 0..<a.columns {
                    let uniform = random.uniform(step: 0, position: UInt64(row * a.columns + column))
                    a[row, column] = (2 * uniform - 1) * bound
                }
            }
        }
        return adapter
    }

    /// A slot with the rank of its pair and the factor on it.
    struct Place {
        let slot: ProjectionSlot
        let rank: Int
        let scaling: Float
    }

    /// Attaches pairs of zeros to what the configuration's targets name.
    private convenience init(_ configuration: LoRAConfiguration, model: LanguageModel, seed: UInt64) throws {
        let slots = try TargetSelection.select(configuration.targets, among: model.slots)
        let targets = TargetSelection.configurationNames(
            configuration.targets, among: model.slots, apartFrom: model.classifier?.trained.map(\.name) ?? [])
        try self.init(
            configuration,
            places: slots.map { Place(slot: $0, rank: configuration.rank, scaling: configuration.scaling) },
            targetModules: targets, model: model, seed: seed)
    }

    /// Attaches pairs of zeros, for files to be read into.
    init(
        _ configuration: LoRAConfiguration, places: [Place], targetModules: [String], model: LanguageModel, seed: UInt64
    ) throws {
        if let taken = places.first(where: { $0.slot.adapter != nil }) {
            throw AdaptersError(.mismatch, "The projection '\(taken.slot.name)' already has an adapter.")
        }
        self.configuration = configuration
        self.targetModules = targetModules
        head = model.classifier
        modules = places.enumerated().map { index, place in
            let names = AdapterTensorNames(module: place.slot.name)
            let a = Parameter(name: names.a, value: Matrix(rows: place.rank, columns: place.slot.inputs))
            let b = Parameter(name: names.b, value: Matrix(rows: place.slot.outputs, columns: place.rank))
            let update = LowRankUpdate(
                a: a, b: b, scaling: place.scaling, dropout: configuration.dropout,
                random: Philox(seed: seed, stream: .adapterDropout(module: index)))
            return Module(slot: place.slot, a: a, b: b, scaling: place.scaling, update: update)
        }
        setEnabled(true)
    }

    /// Every trainable matrix, in a fixed order.
    package var parameters: [Parameter] { modules.flatMap { [$0.a, $0.b] } + (head?.parameters ?? []) }

    /// Trainable elements.
    package var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.rows * $1.value.columns } }

    /// While disabled, the base answers, with the head that training started from.
    package func setEnabled(_ enabled: Bool) {
        head?.usesTrained = enabled
        for module in modules { module.slot.adapter = enabled ? module.update : nil }
    }

    /// Takes the adapter off its model for good.
    package func detach() { setEnabled(false) }

    /// Checks that the update moves something.
    ///
    /// - Throws: `AdaptersError.zeroUpdate` where every B is zero, `.notFinite` naming a tensor with NaN or infinity.
    package func checkMeaningful() throws {
        try checkFinite(advice: "Lower training.learning_rate, or look at the rows of the step where the loss rose.")
        guard modules.contains(where: { Kernels.squaredNorm($0.b.value) > 0 }) else {
            throw AdaptersError(
                .zeroUpdate, "The adapter changes nothing: B is zero in every module.",
                advice: "Train for at least one step with a learning rate above zero.")
        }
    }

    /// - Throws: `AdaptersError.notFinite` naming a tensor with NaN or infinity.
    func checkFinite(advice: String) throws {
        for parameter in parameters where !Kernels.allFinite(parameter.value) {
            throw AdaptersError(
                .notFinite, "The adapter tensor '\(parameter.name)' holds NaN or infinity.", advice: advice)
        }
    }
}
