/// A frozen weight W `[out, in]` in its storage dtype; products are in the compute dtype, see `DType.compute`. T is the
/// rows of x.
///
/// How it lies in memory is its form's: where the CPU multiplies bfloat16, a layer's weight in it is a `PackedWeight`; any
/// other is a `StoredWeight`, because float32 panels for both orientations would take more memory than the time is worth,
/// and a vocabulary's rows are looked up one by one.
package final class FrozenWeight: Sendable {
    package let outputs: Int
    package let inputs: Int
    /// How it lies in memory.
    package let dtype: DType
    /// What x and dy are in.
    package var computeType: DType { dtype.compute }
    private let form: any FrozenForm

    /// Keeps `weight`'s own memory, which must not change any more, or a copy in another dtype.
    ///
    /// - Parameter isLayer: whether only products read the weight, and may have it packed.
    package init(_ weight: Matrix, dtype: DType, isLayer: Bool = false) {
        self.dtype = dtype
        outputs = weight.rows
        inputs = weight.columns
        let packs = Self.packs(dtype, isLayer: isLayer)
        var own = weight
        if weight.dtype != dtype {
            own =
                packs
                ? Matrix(rows: outputs, columns: inputs, dtype: dtype) : WeightMemory.matrix(outputs, inputs, dtype)
            own.copy(from: weight)
        }
        form = packs ? PackedWeight(own) as any FrozenForm : StoredWeight(own)
    }

    /// Where the CPU multiplies bfloat16, a weight in it that only products read is packed.
    private static func packs(_ dtype: DType, isLayer: Bool) -> Bool {
        isLayer && dtype == .bfloat16 && dtype.compute == .bfloat16
    }

    /// W itself where it lies as in a checkpoint in float32: whoever writes to it changes the weight, which is then frozen
    /// no more. Nil in any other form.
    package var memory: Matrix? { dtype == .float32 ? (form as? StoredWeight)?.weight : nil }

    /// Bytes that it holds now.
    package var bytes: Int { form.bytes }

    /// Bytes of weights of so many elements, once they have been through a step.
    ///
    /// - Parameters:
    ///   - isLayer: see `init`.
    ///   - keepingPanels: see `backward`.
    package static func bytes(elements: Int, dtype: DType, isLayer: Bool, keepingPanels: Bool) -> Int {
        packs(dtype, isLayer: isLayer)
            ? PackedWeight.bytes(elements: elements, keepingPanels: keepingPanels)
            : StoredWeight.bytes(elements: elements, dtype: dtype)
    }

    /// Zeros `[rows, columns]` of float32, to be filled and made a weight of `dtype`: in a weight's memory where `init`
    /// keeps it.
    package static func unfrozen(rows: Int, columns: Int, dtype: DType) -> Matrix {
        dtype == .float32 ? WeightMemory.matrix(rows, columns, .float32) : Matrix(rows: rows, columns: columns)
    }

    /// y `[T, out]` = add + x `[T, in]` · Wᵀ.
    ///
    /// - Parameters:
    ///   - x: of the weight's compute dtype.
    ///   - add: `[T, out]` of float32, may be y itself; nothing is added where nil.
    ///   - isDecoding: whether a single row may be summed in another order than it would be in a batch, which is faster.
    package func forward(_ x: Matrix, adding add: Matrix? = nil, into y: Matrix, isDecoding: Bool = false) {
        precondition(x.columns == inputs && y.columns == outputs && x.rows == y.rows, "shapes of W·x")
        KernelClock.measure("frozen product, forward") {
            form.forward(x, adding: add, into: y, isDecoding: isDecoding)
        }
    }

    /// dx `[T, in]` = add + dy `[T, out]` · W.
    ///
    /// - Parameters:
    ///   - dy: of the weight's compute dtype.
    ///   - keepingPanels: whether a packed weight may keep a second copy, which later calls are faster with.
    package func backward(
        _ dy: Matrix, adding add: Matrix? = nil, into dx: Matrix, keepingPanels: Bool = true
    ) {
        precondition(dy.columns == outputs && dx.columns == inputs && dx.rows == dy.rows, "shapes of Wᵀ·dy")
        KernelClock.measure("frozen product, backward") {
            form.backward(dy, adding: add, into: dx, keepingPanels: keepingPanels)
        }
    }

    /// Row `index` of W as float32 `[1, in]`.
    package func row(_ index: Int, into row: Matrix) {
        precondition(row.rows == 1 && row.columns == inputs, "the shape of a row of W")
        form.row(index, into: row)
    }

    /// ‖W_i‖² of the rows in `rows`, in double: of the weight as it is stored.
    package func squaredRowNorms(_ rows: Range<Int>) -> [Double] { form.squaredRowNorms(rows) }
}
