import Tensors

/// A trainable matrix and its gradient. Always float32, whatever the compute dtype.
package final class Parameter {
    /// The name it is saved under.
    package let name: String
    package let value: Matrix
    /// Accumulated by every `backward`, zeroed by the optimizer's owner.
    package let gradient: Matrix

    /// A parameter holding `value`, with a zero gradient of the same shape.
    package init(name: String, value: Matrix) {
        self.name = name
        self.value = value
        gradient = Matrix(rows: value.rows, columns: value.columns)
    }
}
