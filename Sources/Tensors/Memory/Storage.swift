import Glibc

/// Memory that matrices are views of; freed when the last of them goes.
final class Storage: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let bytes: Int
    private let release: (UnsafeMutableRawPointer, Int) -> Void

    /// From this size on memory comes from the system and goes back to it at once: what malloc keeps of the large
    /// matrices that loading a model passes through had been 100 to 200 MB of the peak.
    private static let mappedBytes = 1 << 20

    /// Zeroed memory, 64-byte aligned, so that vector loads never straddle cache lines at a row's start.
    convenience init(zeroedBytes bytes: Int) {
        self.init(uninitializedBytes: bytes)
        if bytes < Self.mappedBytes { memset(base, 0, self.bytes) }
    }

    /// Memory that holds whatever was there before, 64-byte aligned.
    convenience init(uninitializedBytes bytes: Int) {
        if bytes < Self.mappedBytes {
            self.init(allocatingBytes: bytes)
        } else {
            self.init(mappingBytes: bytes, flags: 0)
        }
    }

    private init(allocatingBytes bytes: Int) {
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
    convenience init(reservingBytes bytes: Int) { self.init(mappingBytes: bytes, flags: MAP_NORESERVE) }

    private init(mappingBytes bytes: Int, flags: Int32) {
        let pointer = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0)
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
