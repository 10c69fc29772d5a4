/// Memory for the matrices of a pass: taking one moves a mark, giving back moves it down again.
///
/// Matrices whose rows are of one length have a stack of their own. So where row i of one lay, row i of the next lies,
/// and a thread that keeps its rows from kernel to kernel writes to lines that are in its own core's cache. In one
/// stack for all, those lines would be the other core's as often as not, and fetching them takes longer than many a
/// kernel's work where the cores do not share a cache.
///
/// Memory is committed where it is first touched and stays committed, so that a training step allocates nothing after
/// the first.
package final class Arena {
    /// A height of the arena.
    package struct Mark {
        let taken: Int
    }

    /// The stack of one row length.
    private struct Stack {
        let rowBytes: Int
        var usedBytes = 0
        var peakBytes = 0
    }

    /// What was in use of a stack before a matrix was taken.
    private struct Step: BitwiseCopyable {
        let stack: Int
        let usedBytes: Int
    }

    /// Address space of one stack.
    private let stackBytes: Int
    /// The stacks' memory, one after the other.
    private let storage: Storage
    /// First the one for single rows, and for lengths beyond `mostStacks`.
    private var stacks = [Stack(rowBytes: 0)]
    /// What was taken, in order.
    private let journal: UnsafeMutableBufferPointer<Step>
    private let journalStorage: Storage
    private var taken = 0

    private static let mostStacks = 24
    private static let mostMatrices = 1 << 20
    /// A process has 128 TiB of addresses, under ThreadSanitizer less; no activations come near this.
    private static let mostStackBytes = 1 << 38

    /// - Parameter reservingBytes: address space of each stack, not memory, at most 256 GiB; more than will ever be
    ///   needed.
    package init(reservingBytes: Int) {
        stackBytes = min((reservingBytes + 4095) / 4096 * 4096, Self.mostStackBytes)
        storage = Storage(reservingBytes: Self.mostStacks * stackBytes)
        // A row length that a later step is the first to have must not call the heap.
        stacks.reserveCapacity(Self.mostStacks)
        journalStorage = Storage(reservingBytes: Self.mostMatrices * MemoryLayout<Step>.stride)
        journal = UnsafeMutableBufferPointer(
            start: journalStorage.base.bindMemory(to: Step.self, capacity: Self.mostMatrices),
            count: Self.mostMatrices)
    }

    /// Bytes in use.
    package var usedBytes: Int { stacks.reduce(0) { $0 + $1.usedBytes } }
    /// Most bytes of memory that were ever taken.
    package var peakBytes: Int { stacks.reduce(0) { $0 + $1.peakBytes } }

    /// A matrix whose elements are whatever was there before. It is valid until a mark below it is released.
    package func matrix(_ rows: Int, _ columns: Int, _ dtype: DType = .float32) -> Matrix {
        let stack = stack(rows: rows, rowBytes: columns * dtype.bytes)
        let used = stacks[stack].usedBytes
        let end = used + (rows * columns * dtype.bytes + 63) / 64 * 64
        precondition(end <= stackBytes, "\(end) bytes of activations do not fit the \(stackBytes) reserved")
        precondition(taken < Self.mostMatrices, "\(taken) matrices were taken and none given back")
        journal[taken] = Step(stack: stack, usedBytes: used)
        taken += 1
        stacks[stack].usedBytes = end
        stacks[stack].peakBytes = max(stacks[stack].peakBytes, end)
        return Matrix(
            storage: storage, base: storage.base + stack * stackBytes + used, rows: rows, columns: columns,
            stride: columns, dtype: dtype)
    }

    package func mark() -> Mark { Mark(taken: taken) }

    /// Gives back all that was taken since `mark`. In debug builds its memory is poisoned, see `poison`.
    package func release(to mark: Mark) {
        precondition(mark.taken <= taken)
        while taken > mark.taken {
            taken -= 1
            let step = journal[taken]
            #if DEBUG
                poison(step.stack, from: step.usedBytes, to: stacks[step.stack].usedBytes)
            #endif
            stacks[step.stack].usedBytes = step.usedBytes
        }
    }

    #if DEBUG
        /// Fills what was given back with signalling NaNs of either dtype, so that whoever still reads it computes NaN.
        private func poison(_ stack: Int, from start: Int, to end: Int) {
            let words = (storage.base + stack * stackBytes + start).assumingMemoryBound(to: UInt32.self)
            words.update(repeating: Self.poison, count: (end - start) / MemoryLayout<UInt32>.size)
        }

        /// As float32 and, twice, as bfloat16 a NaN whose quiet bit is clear.
        package static let poison: UInt32 = 0x7FA1_7FA1
    #endif

    private func stack(rows: Int, rowBytes: Int) -> Int {
        guard rows > 1 else { return 0 }
        for index in stacks.indices where stacks[index].rowBytes == rowBytes { return index }
        guard stacks.count < Self.mostStacks else { return 0 }
        stacks.append(Stack(rowBytes: rowBytes))
        return stacks.count - 1
    }
}
