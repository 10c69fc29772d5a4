import Tensors

extension TrainingConfiguration {
    /// Bytes that a run holds of so many trained elements, beside their values and gradients.
    package func heldBytes(elements: Int) -> Int {
        AdamW.bytes(elements: elements) + (keepsBest ? BestValues.bytes(elements: elements) : 0)
    }

    /// Bytes of a checkpoint's matrices.
    package func checkpointBytes(elements: Int) -> Int {
        DType.float32.bytes * elements + heldBytes(elements: elements)
    }
}
