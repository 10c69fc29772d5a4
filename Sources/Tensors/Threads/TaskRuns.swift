import Synchronization

/// Which tasks are a thread's own.
enum TaskOrder: BitwiseCopyable {
    /// A run of consecutive ones. Tasks lie in the order of the memory they work on, as the ranges of `Threads.parallel`
    /// do: so a thread meets in them what it wrote in the kernel before.
    case runs
    /// Every second one of two threads, and so on: each has long and short ones.
    case dealt
}

/// Hands out the tasks of one piece of work: each thread has its own, and takes over what others have left once those are
/// done. All are taken from the end on, since of a sequence the last queries see the most keys, and short tasks at the
/// end even out the threads.
final class TaskRuns: Sendable {
    /// Of each thread's own, how many tasks are taken; each count in a cache line of its own.
    private nonisolated(unsafe) let taken: UnsafeMutablePointer<Atomic<Int>>
    private let threads: Int
    private static let line = 64 / MemoryLayout<Atomic<Int>>.stride

    init(threads: Int) {
        self.threads = threads
        taken = .allocate(capacity: threads * Self.line)
        for index in 0..<(threads * Self.line) { (taken + index).initialize(to: Atomic(0)) }
    }

    deinit { taken.deallocate() }

    /// Makes all tasks free again.
    func reset() {
        for thread in 0..<threads { taken[thread * Self.line].store(0, ordering: .relaxed) }
    }

    /// A task of `0..<count` that no thread has taken, nil where none is left.
    ///
    /// - Parameters:
    ///   - own: whose own tasks come first.
    ///   - threads: among how many the tasks are shared.
    func next(of count: Int, _ order: TaskOrder, own: Int, threads: Int) -> Int? {
        for step in 0..<threads {
            let thread = (own + step) % threads
            let index = taken[thread * Self.line].wrappingAdd(1, ordering: .relaxed).oldValue
            switch order {
            case .runs:
                let (first, end) = (count * thread / threads, count * (thread + 1) / threads)
                if index < end - first { return end - 1 - index }
            case .dealt:
                let dealt = index * threads + thread
                if dealt < count { return count - 1 - dealt }
            }
        }
        return nil
    }
}
