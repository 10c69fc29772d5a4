/// A stack of matrices in one reservation of address space: taking one moves a mark, giving back moves it down again.
///
/// Memory is committed where it is first touched and kept, so that a training step allocates nothing after the first.
package final class Arena {
    /// A height of the stack.
    package struct Mark {
        let used: Int
    }

    private let storage: Storage
    /// Bytes in use.
    package private(set) var usedBytes = 0
    /// Most bytes that were ever in use.
    package private(set) var peakBytes = 0

    /// - Parameter reservingBytes: address space, not memory; more than will ever be needed.
    package init(reservingBytes: Int) {
        storage = Storage(reservingBytes: reservingBytes)
    }

    /// A matrix whose elements are whatever was there before. It is valid until a mark below it is released.
    package func matrix(_ rows: Int, _ columns: Int, _ dtype: DType = .float32) -> Matrix {
        let bytes = (rows * columns * dtype.bytes + 63) / 64 * 64
        precondition(
            usedBytes + bytes <= storage.bytes,
            "\(usedBytes + bytes) bytes of activations do not fit the \(storage.bytes) reserved")
        let base = storage.base + usedBytes
        usedBytes += bytes
        peakBytes = max(peakBytes, usedBytes)
        return Matrix(storage: storage, base: base, rows: rows, columns: columns, stride: columns, dtype: dtype)
    }

    package func mark() -> Mark { Mark(used: usedBytes) }

    /// Gives back all that was taken since `mark`.
    package func release(to mark: Mark) {
        precondition(mark.used <= usedBytes)
        usedBytes = mark.used
    }
}
