import CKernels

/// A frozen weight W `[out, in]` in its storage dtype; products are in the compute dtype, see `DType.compute`. T is the
/// rows of x.
///
/// Where the CPU multiplies bfloat16, a layer's weight in it lies packed, see `PackedWeight`; any other as in a
/// checkpoint, one copy that serves both orientations, see `PanelProduct`: float32 panels for both would take more
/// memory than the time is worth, and a vocabulary's rows are looked up one by one.
package final class FrozenWeight: @unchecked Sendable {
    package let outputs: Int
    package let inputs: Int
    /// How it lies in memory.
    package let dtype: DType
    /// What x and dy are in.
    package var computeType: DType { dtype.compute }
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
        let packs = isLayer && dtype == .bfloat16 && dtype.compute == .bfloat16
        var own = weight
        if weight.dtype != dtype {
            own =
                packs
                ? Matrix(rows: outputs, columns: inputs, dtype: dtype) : WeightMemory.matrix(outputs, inputs, dtype)
            own.copy(from: weight)
        }
        form = packs ? .packed(PackedWeight(own)) : .asItLies(own)
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
            switch form {
            case .packed(let weight): weight.forward(x, adding: add, into: y)
            case .asItLies(let weight) where isDecoding && x.rows == 1: forwardOne(x, weight, adding: add, into: y)
            case .asItLies(let weight): PanelProduct.run(x, weight, transposed: true, adding: add, into: y)
            }
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
            switch form {
            case .packed(let weight): weight.backward(dy, adding: add, into: dx, keepingPanels: keepingPanels)
            case .asItLies(let weight): PanelProduct.run(dy, weight, transposed: false, adding: add, into: dx)
            }
        }
    }

    /// One row is bound by reading the weight, which is then read as it lies: by each thread as two streams in order,
    /// one in each half of the rows.
    private func forwardOne(_ x: Matrix, _ weight: Matrix, adding add: Matrix?, into y: Matrix) {
        let isBFloat16 = dtype == .bfloat16 && x.dtype == .bfloat16
        let exact = isBFloat16 || x.dtype == .float32 ? x : x.float32
        let wanted = (outputs * inputs * dtype.bytes + Self.pieceBytes - 1) / Self.pieceBytes
        // As many for each thread.
        let pieces = (wanted + Threads.count - 1) / Threads.count * Threads.count
        Threads.tasks(pieces, with: self, exact, weight, add, y, pieces, isBFloat16) {
            piece, _, whole, x, weight, add, y, pieces, isBFloat16 in
            let middle = whole.outputs / 2
            let (first, end) = (middle * piece / pieces, middle * (piece + 1) / pieces)
            whole.multiply(
                x, weight, rows: first..<end, secondStream: middle, isBFloat16: isBFloat16, adding: add, into: y)
            guard piece == 0, whole.outputs % 2 == 1 else { return }
            let last = (whole.outputs - 1)..<whole.outputs
            whole.multiply(x, weight, rows: last, secondStream: 0, isBFloat16: isBFloat16, adding: add, into: y)
        }
    }

    /// Columns `rows` of y, and if `secondStream` > 0 as many from `secondStream` columns further on.
    private func multiply(
        _ x: Matrix, _ weight: Matrix, rows: Range<Int>, secondStream: Int, isBFloat16: Bool, adding add: Matrix?,
        into y: Matrix
    ) {
        let row = weight.memory(row: rows.lowerBound)
        let added = add.map { UnsafePointer($0.start + rows.lowerBound) }
        let result = y.memory(row: 0) + rows.lowerBound * y.dtype.bytes
        if isBFloat16 {
            ck_gemv_bfloat16(
                row.assumingMemoryBound(to: UInt16.self), weight.stride,
                x.memory(row: 0).assumingMemoryBound(to: UInt16.self), added, result, y.dtype.kernel, rows.count,
                inputs, secondStream)
        } else {
            ck_gemv(
                row, weight.stride, weight.dtype.kernel, x.start, added, result, y.dtype.kernel, rows.count, inputs,
                secondStream)
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
