import Tensors

/// What stands in an embedding's slot beside its frozen table: y = c·(W[tokens] + update(tokens)), with y `[T, d]` and c the
/// factor that the model has on every row.
///
/// Models know this protocol and no method of adaptation.
package protocol EmbeddingAdapter: AnyObject {
    /// y += factor · update(tokens); y is float32.
    func forward(_ tokens: [Int32], factor: Float, into y: Matrix, pass: Pass)

    /// Accumulates the gradients of its own parameters from ∂L/∂y `[T, d]`, in the tokens' order however many threads
    /// there are.
    ///
    /// - Parameter padding: a token whose lookups train nothing of its own, see `ParameterSlot.accumulate`.
    func backward(_ dy: Matrix, tokens: [Int32], factor: Float, padding: Int32?, pass: Pass)
}

/// The table of a base's tokens, under its checkpoint name, and the place where an adapter attaches. While it is empty,
/// nothing is computed for it.
///
/// To look a token up is to multiply a row of zeros and one 1 with the table: of V tokens and rows of d numbers it is a
/// projection of V inputs and d outputs, whose weight is stored as `[in, out]`.
package final class EmbeddingSlot: ModuleSlot {
    package let name: String
    package let weightName: String
    /// V
    package let inputs: Int
    /// d
    package let outputs: Int
    package let isTransposed = true
    package let isProjection = false
    package let hasBias = false
    package let frozen: FrozenProjection? = nil
    /// What computes beside the table while set.
    package var adapter: (any EmbeddingAdapter)?
    package var isTaken: Bool { adapter != nil }
    /// What the model has the table in.
    package let dtype: DType
    /// Fills a matrix `[1, d]` with a token's row as the model has it, without its factor.
    package let row: (_ token: Int, _ into: Matrix) -> Void

    package init(
        name: String, weightName: String, vocabulary: Int, width: Int, dtype: DType,
        row: @escaping (_ token: Int, _ into: Matrix) -> Void
    ) {
        self.name = name
        self.weightName = weightName
        self.row = row
        self.dtype = dtype
        inputs = vocabulary
        outputs = width
    }
}
