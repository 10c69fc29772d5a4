import ModelFiles
import Tensors
import Transformers

/// Tensors of the base that are trained whole, in the base's own memory: the model answers with them as they are.
final class WholeTensors {
    let slots: [ParameterSlot]
    let parameters: [Parameter]
    /// Tensors of the same modules that are not trained, which are saved with them under these names.
    let beside: [(name: String, slot: ParameterSlot)]
    /// Of each, what it had as training began: Σ x².
    private let before: [Double]
    /// What the base has in their place, where it is asked too; while it is, what was trained lies there.
    private var others: [Matrix]?
    /// Whether the slots hold what is trained, and not the base's values.
    private var isInPlace = true

    /// - Parameters:
    ///   - beside: see above.
    ///   - name: what each is saved under.
    init(
        _ slots: [ParameterSlot], beside: [ParameterSlot] = [], named name: (ParameterSlot) -> String = { $0.name }
    ) {
        self.slots = slots
        self.beside = beside.map { (name($0), $0) }
        parameters = slots.map { slot in
            Parameter(
                name: name(slot), value: slot.value, shape: slot.shape,
                decays: slot.kind != .bias && slot.kind != .norm)
        }
        before = slots.map { Kernels.squaredNorm($0.value) }
    }

    /// Each tensor with what trains it.
    var pairs: [(ParameterSlot, Parameter)] { Array(zip(slots, parameters)) }
    var areFree: Bool { slots.allSatisfy { !$0.isTrained } }
    /// Whether a value is another than when training began, as far as their squares' sums tell.
    var differ: Bool {
        precondition(isInPlace, "what was trained is looked at while it answers")
        return zip(slots, before).contains { Kernels.squaredNorm($0.value) != $1 }
    }

    /// Keeps a copy of what the base has, which is there now, so that it can be asked.
    func keepBase() {
        others = slots.map { slot in
            let copy = Matrix(rows: slot.value.rows, columns: slot.value.columns)
            copy.copy(from: slot.value)
            return copy
        }
    }

    /// Takes the values that were published in the place of those that were trained, and keeps the base's beside.
    ///
    /// - Throws: as reading either.
    func readBack(_ published: any WeightSource, base: any WeightSource) throws {
        others = try slots.map { slot in
            let values = Matrix(rows: slot.value.rows, columns: slot.value.columns)
            try slot.read(base, into: values)
            return values
        }
        for slot in slots { try slot.load(published) }
    }

    /// Has them trained, and the model answer with them; or frozen, and the model answer as the base where that was kept.
    func setEnabled(_ enabled: Bool) {
        for (slot, parameter) in zip(slots, parameters) { slot.train(into: enabled ? parameter.gradient : nil) }
        guard let others, enabled != isInPlace else { return }
        isInPlace = enabled
        for (slot, other) in zip(slots, others) {
            let held = Matrix(rows: other.rows, columns: other.columns)
            held.copy(from: slot.value)
            slot.value.copy(from: other)
            other.copy(from: held)
        }
    }

    /// Fills the tensors from a file that has them under the names that they are saved under.
    ///
    /// - Throws: as `read`.
    func load(_ read: (_ name: String, _ into: Matrix) throws -> Void) throws {
        for (slot, parameter) in zip(slots, parameters) { try slot.load { try read(parameter.name, $0) } }
    }

    /// The tensors as an adapter's file has them.
    var saved: [TensorEntry] {
        zip(slots, parameters).map { slot, parameter in
            TensorEntry(name: parameter.name, shape: slot.shape) { self.stored(slot) }
        } + beside.map { name, slot in TensorEntry(name: name, shape: slot.shape) { slot.stored } }
    }

    /// The tensors as the base's checkpoint would store them.
    var entries: [TensorEntry] {
        slots.map { slot in TensorEntry(name: slot.storedName, shape: slot.shape) { self.stored(slot) } }
    }

    /// What was trained of a tensor, wherever it lies, as a checkpoint stores it.
    private func stored(_ slot: ParameterSlot) -> Matrix {
        guard !isInPlace, let others, let index = slots.firstIndex(where: { $0 === slot }) else { return slot.stored }
        return slot.stored(others[index])
    }

    /// How far each matrix has moved from the base's, beside its norm.
    ///
    /// - Throws: as reading the base.
    func changes(base: any WeightSource, progress: (Int, Int) -> Void) throws -> [UpdateSpectrum] {
        let weights = slots.filter { $0.kind == .weight || $0.kind == .embedding }
        return try weights.enumerated().map { index, slot in
            defer { progress(index + 1, weights.count) }
            let stored = stored(slot)
            let weight = Matrix(rows: stored.rows, columns: stored.columns)
            try base.read(slot.storedName, into: weight)
            let norm = Kernels.squaredNorm(weight).squareRoot()
            Kernels.scale(weight, by: -1)
            Kernels.add(stored, into: weight)
            return UpdateSpectrum(
                module: slot.module, singularValues: [],
                relativeNorm: Kernels.squaredNorm(weight).squareRoot() / norm)
        }
    }

    /// - Throws: `AdaptersError.unsupported` where the model's weights are not stored in float32.
    static func requireTrainable(_ model: LanguageModel) throws {
        guard model.dtype == .float32 else {
            throw AdaptersError(
                .unsupported, "Weights of the base that are stored in \(model.dtype.rawValue) cannot be trained.",
                cause: "An update is smaller than what their rounding takes away.",
                advice: "Set training.dtype: float32.")
        }
    }
}
