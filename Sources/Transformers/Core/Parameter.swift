import Tensors

/// A trainable matrix and its gradient. Always float32, whatever the compute dtype.
package final class Parameter {
    /// The name it is saved under.
    package let name: String
    package let value: Matrix
    /// Whether it is saved as `[n]`, such as a bias, and not as `[1, n]`. Weight decay leaves vectors alone.
    package let isVector: Bool
    /// Accumulated by every `backward`, zeroed by the optimizer's owner.
    package let gradient: Matrix

    /// A parameter holding `value`, with a zero gradient of the same shape.
    package init(name: String, value: Matrix, isVector: Bool = false) {
        self.name = name
        self.value = value
        self.isVector = isVector
        gradient = Matrix(rows: value.rows, columns: value.columns)
    }

    /// Bytes that a parameter of so many elements takes with its gradient.
    package static func bytes(elements: Int) -> Int { 2 * DType.float32.bytes * elements }

    /// The shape it is saved with.
    package var shape: [Int] { isVector ? [value.columns] : [value.rows, value.columns] }
}
