import Tensors

/// A place before a sequence's own rows where an adapter puts rows of its own: before the embeddings of its tokens, or
/// before the keys and values of a layer. While it is empty, nothing is computed for it.
package final class RowSlot {
    /// Module path of what the rows stand in, such as `model.embed_tokens`.
    package let name: String
    package let width: Int
    /// What stands there, the same before every sequence.
    package var rows: TrainedRows?

    package init(name: String, width: Int) {
        self.name = name
        self.width = width
    }
}

/// Trained rows and their gradient, which may be columns of a wider parameter.
package struct TrainedRows {
    /// `[n, width]`
    package let value: Matrix
    /// `[n, width]`, accumulated.
    package let gradient: Matrix

    package init(value: Matrix, gradient: Matrix) {
        precondition(value.rows == gradient.rows && value.columns == gradient.columns, "a gradient's shape")
        self.value = value
        self.gradient = gradient
    }

    package var count: Int { value.rows }
}
