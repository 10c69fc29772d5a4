extension Matrix {
    /// Whether some byte belongs to an element of both matrices. Strides that differ count as an overlap where the
    /// memory from first to last element does.
    package func overlaps(_ other: Matrix) -> Bool {
        guard rows > 0, columns > 0, other.rows > 0, other.columns > 0 else { return false }
        let (width, otherWidth) = (columns * dtype.bytes, other.columns * other.dtype.bytes)
        let (step, otherStep) = (stride * dtype.bytes, other.stride * other.dtype.bytes)
        let (start, otherStart) = (Int(bitPattern: base), Int(bitPattern: other.base))
        let (end, otherEnd) = (
            start + (rows - 1) * step + width, otherStart + (other.rows - 1) * otherStep + otherWidth
        )
        guard start < otherEnd, otherStart < end else { return false }
        // A single row has no step of its own.
        guard step == otherStep || rows == 1 || other.rows == 1 else { return true }
        let period = max(rows == 1 ? otherStep : step, 1)
        guard rows > 1 || other.rows > 1 else { return true }
        let offset = ((otherStart - start) % period + period) % period
        return offset < width || offset + otherWidth > period
    }

    /// Whether both matrices are the same elements in the same places.
    private func isSame(as other: Matrix) -> Bool {
        base == other.base && stride == other.stride && dtype == other.dtype && rows == other.rows
            && columns == other.columns
    }

    /// Stops the program if this output of a kernel shares memory with an input that it is not element for element: for
    /// kernels that read an element of the input before they write the same of the output, and none after.
    func requireSameOrDisjoint(_ input: Matrix, _ what: StaticString) {
        precondition(isSame(as: input) || !overlaps(input), "\(what) lies across the memory of an input")
    }

    /// Stops the program if this output of a kernel shares memory with an input.
    func requireDisjoint(from input: Matrix, _ what: StaticString) {
        precondition(!overlaps(input), "\(what) lies in the memory of an input")
    }
}
