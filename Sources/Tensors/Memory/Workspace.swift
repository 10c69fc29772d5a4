/// Scratch memory of one thread, for the inner loops of one task; kept from task to task.
final class Workspace: @unchecked Sendable {
    /// Address space, of which memory is taken where it is touched: tiles are parts of a core's cache, far below this.
    private let tileStorage = Storage(reservingBytes: 1 << 32)
    private var usedBytes = 0
    /// Enough for a group of panels of any usual width, so that no step after the first makes it grow.
    private var panelStorage = Storage(uninitializedBytes: 1 << 18)

    /// Takes back all tiles.
    func reset() { usedBytes = 0 }

    /// An uninitialised tile, valid until `reset`. Rows start at multiples of 64 bytes.
    func tile(_ rows: Int, _ columns: Int, _ dtype: DType = .float32) -> Tile {
        let stride = (columns + 31) / 32 * 32
        let base = tileStorage.base + usedBytes
        usedBytes += rows * stride * dtype.bytes
        precondition(usedBytes <= tileStorage.bytes, "a tile of \(rows) × \(columns) does not fit the workspace")
        return Tile(base: base, rows: rows, columns: columns, stride: stride, dtype: dtype)
    }

    /// Uninitialised memory for packed panels, valid until the next call, 64-byte aligned.
    func panels(bytes: Int) -> UnsafeMutableRawPointer {
        if bytes > panelStorage.bytes { panelStorage = Storage(uninitializedBytes: bytes) }
        return panelStorage.base
    }
}
