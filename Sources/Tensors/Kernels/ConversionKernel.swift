import CKernels

extension Kernels {
    /// y = x in another dtype: to bfloat16 rounded to nearest, ties to even.
    package static func convert(_ x: Matrix, into y: Matrix) {
        x.requireShape(of: y, "a conversion")
        precondition(x.dtype != y.dtype, "a conversion between two dtypes")
        KernelClock.measure("conversion") {
            overRows(x, with: x, y) { rows, x, y in
                let (source, target) = (x.memory(row: rows.lowerBound), y.memory(row: rows.lowerBound))
                if y.dtype == .bfloat16 {
                    ck_narrow(
                        source.assumingMemoryBound(to: Float.self), x.stride,
                        target.assumingMemoryBound(to: UInt16.self), y.stride, rows.count, x.columns)
                } else {
                    ck_widen(
                        source.assumingMemoryBound(to: UInt16.self), x.stride,
                        target.assumingMemoryBound(to: Float.self), y.stride, rows.count, x.columns)
                }
            }
        }
    }
}

extension Arena {
    /// x itself where it is of `dtype`, else a copy that is.
    package func converted(_ x: Matrix, to dtype: DType) -> Matrix {
        guard x.dtype != dtype else { return x }
        let copy = matrix(x.rows, x.columns, dtype)
        Kernels.convert(x, into: copy)
        return copy
    }
}
