import Glibc
import Synchronization

/// Memory for frozen weights, cut one after the other from large blocks that ask for huge pages: a token that is
/// decoded reads every weight once, and with pages of 4 KiB half of a step from one to the next is spent on looking it
/// up.
///
/// A block is given back when the last of its matrices goes.
enum WeightMemory {
    private struct Current {
        weak var block: Storage?
        var used = 0
    }

    private static let current = Mutex(Current())
    private static let blockBytes = 64 << 20

    /// A matrix of zeros, 64-byte aligned.
    static func matrix(_ rows: Int, _ columns: Int, _ dtype: DType) -> Matrix {
        let bytes = (rows * columns * dtype.bytes + 63) / 64 * 64
        return current.withLock { current in
            var room: (block: Storage, start: Int)?
            if let block = current.block, current.used + bytes <= block.bytes { room = (block, current.used) }
            let (block, start) = room ?? (Storage(hugePagesOf: max(bytes, blockBytes)), 0)
            current = Current(block: block, used: start + bytes)
            return Matrix(
                storage: block, base: block.base + start, rows: rows, columns: columns, stride: columns, dtype: dtype)
        }
    }
}

extension Storage {
    /// Zeroed memory, taken where it is touched, in huge pages where the system has them: only speed depends on it.
    fileprivate convenience init(hugePagesOf bytes: Int) {
        let page = 2 << 20
        let reserved = Storage(reservingBytes: bytes + page)
        let base = UnsafeMutableRawPointer(bitPattern: (Int(bitPattern: reserved.base) + page - 1) / page * page)!
        _ = madvise(base, bytes, MADV_HUGEPAGE)
        self.init(part: base, bytes: bytes, of: reserved)
    }
}
