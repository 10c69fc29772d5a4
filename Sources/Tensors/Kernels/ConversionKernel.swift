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

extension Matrix {
    /// Takes over the elements of a matrix of the same shape, converted where the dtypes differ.
    package func copy(from other: Matrix) {
        requireShape(of: other, "a copy")
        guard other.dtype == dtype else { return Kernels.convert(other, into: self) }
        for row in 0..<rows {
            memory(row: row).copyMemory(from: other.memory(row: row), byteCount: columns * dtype.bytes)
        }
    }

    /// A copy in float32.
    package var float32: Matrix {
        let copy = Matrix(rows: rows, columns: columns)
        copy.copy(from: self)
        return copy
    }

    /// All elements as float32, row after row.
    package var values: [Float] {
        guard dtype == .float32 else { return float32.values }
        return (0..<rows).flatMap { row in UnsafeBufferPointer(start: pointer(row: row), count: columns) }
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
