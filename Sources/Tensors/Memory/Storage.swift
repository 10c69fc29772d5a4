import Glibc

/// Memory that matrices are views of; freed when the last of them goes.
final class Storage: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let bytes: Int
    private let release: (UnsafeMutableRawPointer, Int) -> Void

    /// Zeroed memory, 64-byte aligned, so that vector loads never straddle cache lines at a row's start.
    convenience init(zeroedBytes bytes: Int) {
        self.init(uninitializedBytes: bytes)
        memset(base, 0, self.bytes)
    }

    /// Memory that holds whatever was there before, 64-byte aligned.
    init(uninitializedBytes bytes: Int) {
        let size = max(64, (bytes + 63) / 64 * 64)
        var pointer: UnsafeMutableRawPointer?
        guard posix_memalign(&pointer, 64, size) == 0, let pointer else {
            fatalError("The machine has no \(size) bytes of memory left.")
        }
        base = pointer
        self.bytes = size
        release = { pointer, _ in free(pointer) }
    }

    /// Address space of `bytes`, which takes memory only where it is touched.
    init(reservingBytes bytes: Int) {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let pointer = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0)
        guard let pointer, pointer != MAP_FAILED else {
            fatalError("The system refuses \(bytes) bytes of address space (see vm.overcommit_memory and ulimit -v).")
        }
        base = pointer
        self.bytes = bytes
        release = { pointer, bytes in munmap(pointer, bytes) }
    }

    /// A part of another storage, which it keeps.
    init(part base: UnsafeMutableRawPointer, bytes: Int, of whole: Storage) {
        self.base = base
        self.bytes = bytes
        release = { _, _ in withExtendedLifetime(whole) {} }
    }

    deinit { release(base, bytes) }
}
