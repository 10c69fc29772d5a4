import Tensors

extension WeightSource {
    /// Projections that read the same input, with their weights.
    ///
    /// - Parameters:
    ///   - bias: `[1, Σ out]`; nil without biases.
    ///   - biases: the tensors that it is made of.
    ///   - isLayer: see `FrozenWeight`.
    func projectionGroup(
        _ slots: [ProjectionSlot], bias: Matrix?, biases: [BiasSlot] = [], dtype: DType, isLayer: Bool = true
    ) throws -> ProjectionGroup {
        let outputs = slots.reduce(0) { $0 + $1.outputs }
        let stacked = FrozenWeight.unfrozen(rows: outputs, columns: slots[0].inputs, dtype: dtype)
        var start = 0
        for slot in slots {
            let range = start..<(start + slot.outputs)
            let rows = stacked.rows(range)
            if slot.isTransposed {
                let stored = Matrix(rows: slot.inputs, columns: slot.outputs)
                try read(slot.weightName, into: stored)
                Kernels.transpose(stored, into: rows)
            } else {
                try read(slot.weightName, into: rows)
            }
            start = range.upperBound
        }
        return ProjectionGroup(
            slots: slots, weight: FrozenWeight(stacked, dtype: dtype, isLayer: isLayer), bias: bias, biases: biases)
    }
}
