import CKernels

/// A frozen weight as in a checkpoint, row after row in its storage dtype: one copy that serves both orientations, see
/// `PanelProduct`.
struct StoredWeight: FrozenForm {
    let weight: Matrix

    init(_ weight: Matrix) { self.weight = weight }

    private var outputs: Int { weight.rows }
    private var inputs: Int { weight.columns }

    var bytes: Int { Self.bytes(elements: outputs * inputs, dtype: weight.dtype) }

    /// Bytes of a weight of so many elements.
    static func bytes(elements: Int, dtype: DType) -> Int { dtype.bytes * elements }

    func forward(_ x: Matrix, adding add: Matrix?, into y: Matrix, isDecoding: Bool) {
        if isDecoding, x.rows == 1 {
            forwardOne(x, adding: add, into: y)
        } else {
            PanelProduct.run(x, weight, transposed: true, adding: add, into: y)
        }
    }

    func backward(_ dy: Matrix, adding add: Matrix?, into dx: Matrix, keepingPanels: Bool) {
        PanelProduct.run(dy, weight, transposed: false, adding: add, into: dx)
    }

    func row(_ index: Int, into row: Matrix) { row.copy(from: weight.rows(index..<(index + 1))) }

    func squaredRowNorms(_ rows: Range<Int>) -> [Double] {
        let row = Matrix(rows: 1, columns: inputs)
        return rows.map { index in
            self.row(index, into: row)
            return Kernels.squaredNorm(row)
        }
    }

    /// One row is bound by reading the weight, which is then read as it lies: by each thread as two streams in order,
    /// one in each half of the rows.
    private func forwardOne(_ x: Matrix, adding add: Matrix?, into y: Matrix) {
        let isBFloat16 = weight.dtype == .bfloat16 && x.dtype == .bfloat16
        let exact = isBFloat16 || x.dtype == .float32 ? x : x.float32
        let wanted = (bytes + Self.pieceBytes - 1) / Self.pieceBytes
        // As many for each thread.
        let pieces = (wanted + Threads.count - 1) / Threads.count * Threads.count
        Threads.tasks(pieces, with: self, exact, add, y, pieces, isBFloat16) {
            piece, _, whole, x, add, y, pieces, isBFloat16 in
            let middle = whole.outputs / 2
            let (first, end) = (middle * piece / pieces, middle * (piece + 1) / pieces)
            whole.multiply(
                x, rows: first..<end, secondStream: middle, isBFloat16: isBFloat16, adding: add, into: y)
            guard piece == 0, whole.outputs % 2 == 1 else { return }
            let last = (whole.outputs - 1)..<whole.outputs
            whole.multiply(x, rows: last, secondStream: 0, isBFloat16: isBFloat16, adding: add, into: y)
        }
    }

    /// Columns `rows` of y, and if `secondStream` > 0 as many from `secondStream` columns further on.
    private func multiply(
        _ x: Matrix, rows: Range<Int>, secondStream: Int, isBFloat16: Bool, adding add: Matrix?,
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
}
