import CKernels

/// A frozen weight W `[out, in]` in the compute dtype. T is the rows of x.
///
/// A weight of a layer in bfloat16 lies packed, see `PackedWeight`; any other as in a checkpoint, one copy that serves
/// both orientations, see `PanelProduct`: float32 panels for both would take more memory than the time is worth, and a
/// vocabulary's rows are looked up one by one.
package final class FrozenWeight: @unchecked Sendable {
    package let outputs: Int
    package let inputs: Int
    package let dtype: DType
    private let form: Form

    private enum Form {
        case asItLies(Matrix)
        case packed(PackedWeight)
    }

    /// Keeps `weight`'s own memory, which must not change any more, or a copy in another dtype.
    ///
    /// - Parameter isLayer: whether only products read the weight, and may have it packed.
    package init(_ weight: Matrix, dtype: DType, isLayer: Bool = false) {
        self.dtype = dtype
        outputs = weight.rows
        inputs = weight.columns
        var own = weight
        if weight.dtype != dtype {
            own = Matrix(rows: weight.rows, columns: weight.columns, dtype: dtype)
            own.copy(from: weight)
        }
        form = isLayer && dtype == .bfloat16 ? .packed(PackedWeight(own)) : .asItLies(own)
    }

    /// y `[T, out]` = add + x `[T, in]` · Wᵀ.
    ///
    /// - Parameters:
    ///   - x: of the weight's dtype.
    ///   - add: `[T, out]` of float32, may be y itself; nothing is added where nil.
    package func forward(_ x: Matrix, adding add: Matrix? = nil, into y: Matrix) {
        precondition(x.columns == inputs && y.columns == outputs && x.rows == y.rows, "shapes of W·x")
        KernelClock.measure("frozen product, forward") {
            switch form {
            case .packed(let weight): weight.forward(x, adding: add, into: y)
            case .asItLies(let weight) where x.rows == 1: forwardOne(x, weight, adding: add, into: y)
            case .asItLies(let weight): PanelProduct.run(x, weight, transposed: true, adding: add, into: y)
            }
        }
    }

    /// dx `[T, in]` = add + dy `[T, out]` · W.
    ///
    /// - Parameters:
    ///   - dy: of the weight's dtype.
    ///   - keepingPanels: whether a packed weight may keep a second copy, which later calls are faster with.
    package func backward(
        _ dy: Matrix, adding add: Matrix? = nil, into dx: Matrix, keepingPanels: Bool = true
    ) {
        precondition(dy.columns == outputs && dx.columns == inputs && dx.rows == dy.rows, "shapes of Wᵀ·dy")
        KernelClock.measure("frozen product, backward") {
            switch form {
            case .packed(let weight): weight.backward(dy, adding: add, into: dx, keepingPanels: keepingPanels)
            case .asItLies(let weight): PanelProduct.run(dy, weight, transposed: false, adding: add, into: dx)
            }
        }
    }

    /// One row is bound by reading the weight, which is then read as it lies.
    private func forwardOne(_ x: Matrix, _ weight: Matrix, adding add: Matrix?, into y: Matrix) {
        let isHalf = dtype == .bfloat16 && x.dtype == .bfloat16 && ck_has_panels(1) != 0
        let exact = isHalf || x.dtype == .float32 ? x : x.float32
        // A thread that starts late or reads slowly takes fewer pieces.
        let pieces = (0..<outputs).blocks(of: max(16, Self.pieceBytes / (inputs * dtype.bytes)))
        Threads.tasks(pieces.count) { [self] index, _ in
            let columns = pieces[index]
            let row = weight.memory(row: columns.lowerBound)
            let added = add.map { UnsafePointer($0.start + columns.lowerBound) }
            let result = y.memory(row: 0) + columns.lowerBound * y.dtype.bytes
            if isHalf {
                ck_gemv_half(
                    row.assumingMemoryBound(to: UInt16.self), weight.stride,
                    exact.memory(row: 0).assumingMemoryBound(to: UInt16.self), added, result, y.half, columns.count,
                    inputs)
            } else {
                ck_gemv(
                    row, weight.stride, weight.half, exact.start, added, result, y.half, columns.count, inputs)
            }
        }
    }

    /// Of the weight, what a thread reads at a time: enough that handing it out costs nothing beside it.
    private static let pieceBytes = 128 << 10

    /// Row `index` of W as float32 `[1, in]`; not of a layer's weight.
    package func row(_ index: Int, into row: Matrix) {
        guard case .asItLies(let weight) = form else { preconditionFailure("a packed weight has no rows") }
        row.copy(from: weight.rows(index..<(index + 1)))
    }
}
