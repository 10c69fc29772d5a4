/// How a frozen weight W `[out, in]` lies in memory, and how its products are computed from there. T is the rows of x.
///
/// A form is all that `FrozenWeight` knows of its memory; each has a file of its own.
protocol FrozenForm: Sendable {
    /// Bytes that it holds now.
    var bytes: Int { get }

    /// y `[T, out]` = add + x `[T, in]` · Wᵀ.
    ///
    /// - Parameters:
    ///   - x: of the weight's compute dtype.
    ///   - add: `[T, out]` of float32, may be y itself; nothing is added where nil.
    ///   - isDecoding: whether a single row may be summed in another order than it would be in a batch.
    func forward(_ x: Matrix, adding add: Matrix?, into y: Matrix, isDecoding: Bool)

    /// dx `[T, in]` = add + dy `[T, out]` · W.
    ///
    /// - Parameter keepingPanels: whether the form may keep a second copy, which later calls are faster with.
    func backward(_ dy: Matrix, adding add: Matrix?, into dx: Matrix, keepingPanels: Bool)

    /// Row `index` of W as float32 `[1, in]`.
    func row(_ index: Int, into row: Matrix)

    /// ‖W_i‖² of the rows in `rows`, in double.
    func squaredRowNorms(_ rows: Range<Int>) -> [Double]
}
