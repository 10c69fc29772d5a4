import ModelFiles
import Tensors
import Transformers

extension AdapterMethod {
    /// Training of every parameter of the base. What it makes is a model, no adapter; PEFT has no part in it.
    package static let full = AdapterMethod(
        name: "full", peftType: nil, flag: nil, settings: [],
        ggufObstacle: "llama.cpp's adapters hold A and B, and this is a whole model.",
        untrained: "every tensor is the base's", members: { _ in [] },
        attachment: .model(
            demand: { _, model in
                let elements = try slots(of: model).reduce(0) { $0 + $1.value.rows * $1.value.columns }
                return ModuleDemand(
                    elements: elements, elementsInPlace: elements, savedCount: 0, scratchCount: 0, analysisBytes: 0)
            },
            make: { _, model in FullUpdate(try slots(of: model)) }), sharedSettings: [])

    /// Every tensor of the base.
    private static func slots(of model: LanguageModel) throws -> [ParameterSlot] {
        try WholeTensors.requireTrainable(model)
        try model.unfreeze()
        return model.parameterSlots
    }
}

/// Every tensor of the base.
final class FullUpdate: ModelUpdate {
    let tensors: WholeTensors

    init(_ slots: [ParameterSlot]) { tensors = WholeTensors(slots) }

    var parameters: [Parameter] { tensors.parameters }
    let members: [(key: String, value: String)] = []
    var slotsAreFree: Bool { tensors.areFree }
    var changesOutput: Bool { tensors.differ }
    var placeText: String { "\(tensors.slots.count) tensors" }
    var entries: [TensorEntry] { tensors.entries }

    func initialise(_ random: Philox) {}
    func setEnabled(_ enabled: Bool) { tensors.setEnabled(enabled) }

    func changes(base: any WeightSource, progress: (Int, Int) -> Void) throws -> [UpdateSpectrum] {
        try tensors.changes(base: base, progress: progress)
    }
}
