/// Scratch memory of one thread, for the inner loops of one task; kept from task to task and grown where needed.
final class Workspace: @unchecked Sendable {
    private var storage = Storage(uninitializedBytes: 1 << 16)

    /// One uninitialised tile for each of `shapes`, valid until the next call.
    ///
    /// Rows start at multiples of 64 bytes.
    func tiles(_ shapes: (rows: Int, columns: Int)...) -> [Tile] {
        let strides = shapes.map { ($0.columns + 15) / 16 * 16 }
        let needed = zip(shapes, strides).reduce(0) { $0 + $1.0.rows * $1.1 } * MemoryLayout<Float>.stride
        if needed > storage.bytes { storage = Storage(uninitializedBytes: needed) }
        var start = storage.base.assumingMemoryBound(to: Float.self)
        return zip(shapes, strides).map { shape, stride in
            defer { start += shape.rows * stride }
            return Tile(start: start, rows: shape.rows, columns: shape.columns, stride: stride)
        }
    }
}
