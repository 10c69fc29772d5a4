import CKernels
import COpenBLAS

/// A frozen weight W `[out, in]`, laid out once for its products. T is the rows of x.
///
/// In float32 one plain copy serves both orientations over OpenBLAS.
package final class FrozenWeight: @unchecked Sendable {
    package let outputs: Int
    package let inputs: Int
    package let dtype: DType
    private let weight: Matrix

    /// Keeps `weight`'s own memory, which must not change any more.
    ///
    /// - Parameter forBackward: whether `backward` will be called.
    package init(_ weight: Matrix, dtype: DType, forBackward: Bool) {
        self.weight = weight
        self.dtype = dtype
        outputs = weight.rows
        inputs = weight.columns
    }

    /// y `[T, out]` (+)= x `[T, in]` · Wᵀ.
    package func forward(_ x: Matrix, into y: Matrix, accumulate: Bool = false) {
        precondition(x.columns == inputs && y.columns == outputs && x.rows == y.rows, "shapes of W·x")
        if x.rows == 1 {
            Threads.parallel(outputs, grain: 16) { columns in
                ck_gemv(
                    weight.pointer(row: columns.lowerBound), weight.stride, x.start, y.start + columns.lowerBound,
                    columns.count, inputs, accumulate ? 1 : 0)
            }
            return
        }
        multiply(.plain(x), .transposed(weight), into: y, accumulate: accumulate)
    }

    /// dx `[T, in]` (+)= dy `[T, out]` · W.
    package func backward(_ dy: Matrix, into dx: Matrix, accumulate: Bool = false) {
        precondition(dy.columns == outputs && dx.columns == inputs && dx.rows == dy.rows, "shapes of Wᵀ·dy")
        multiply(.plain(dy), .plain(weight), into: dx, accumulate: accumulate)
    }

    /// Row `index` of W as float32 `[1, in]`.
    package func row(_ index: Int, into row: Matrix) {
        row.copy(from: weight.rows(index..<(index + 1)))
    }
}
