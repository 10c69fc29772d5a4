/// Scratch memory of one thread, for the inner loops of one task; kept from task to task and grown where needed.
final class Workspace: @unchecked Sendable {
    private var tileStorage = Storage(uninitializedBytes: 1 << 16)
    private var panelStorage = Storage(uninitializedBytes: 1 << 16)

    /// One uninitialised tile for each of `shapes`, valid until the next call.
    ///
    /// Rows start at multiples of 64 bytes.
    func tiles(_ shapes: (rows: Int, columns: Int, dtype: DType)...) -> [Tile] {
        let strides = shapes.map { ($0.columns + 31) / 32 * 32 }
        let needed = zip(shapes, strides).reduce(0) { $0 + $1.0.rows * $1.1 * $1.0.dtype.bytes }
        if needed > tileStorage.bytes { tileStorage = Storage(uninitializedBytes: needed) }
        var base = tileStorage.base
        return zip(shapes, strides).map { shape, stride in
            defer { base += shape.rows * stride * shape.dtype.bytes }
            return Tile(base: base, rows: shape.rows, columns: shape.columns, stride: stride, dtype: shape.dtype)
        }
    }

    /// Uninitialised memory for packed panels, valid until the next call, 64-byte aligned.
    func panels(bytes: Int) -> UnsafeMutableRawPointer {
        if bytes > panelStorage.bytes { panelStorage = Storage(uninitializedBytes: bytes) }
        return panelStorage.base
    }
}
