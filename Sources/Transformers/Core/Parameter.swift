import Tensors

/// A trainable matrix and its gradient. Always float32, whatever the compute dtype.
package final class Parameter {
    /// The name it is saved under.
    package let name: String
    package let value: Matrix
    /// The shape it is saved with; of as many elements as `value`.
    package let shape: [Int]
    /// Whether weight decay applies to it. transformers' Trainer spares biases and the weights of norms.
    package let decays: Bool
    /// Whether LoRA+ raises its learning rate: B's and vectors', as PEFT's `create_loraplus_optimizer` groups them.
    /// https://arxiv.org/abs/2402.12354
    package let isRaised: Bool
    /// Accumulated by every `backward`, zeroed by the optimizer's owner.
    package let gradient: Matrix

    /// A parameter holding `value`, with a zero gradient of the same shape.
    ///
    /// - Parameter shape: what it is saved with; that of `value` where nil.
    package init(name: String, value: Matrix, shape: [Int]? = nil, decays: Bool = true, isRaised: Bool? = nil) {
        self.name = name
        self.value = value
        self.shape = shape ?? [value.rows, value.columns]
        self.decays = decays
        self.isRaised = isRaised ?? (self.shape.count == 1)
        gradient = Matrix(rows: value.rows, columns: value.columns)
    }

    /// Bytes that a parameter of so many elements takes with its gradient.
    package static func bytes(elements: Int) -> Int { 2 * DType.float32.bytes * elements }
}
