import Synchronization

/// Which tasks are a thread's own, and in what order it takes them.
enum TaskOrder: BitwiseCopyable {
    /// A run of consecutive ones, in order. Tasks lie in the order of the memory they work on, as the ranges of
    /// `Threads.parallel` do: so a thread reads in order, and meets what it wrote in the kernel before.
    case runs
    /// The same from the run's end on, where later tasks are longer: short ones at the end even out the threads.
    case runsFromTheEnd
    /// Every second one of two threads, and so on, from the end on: each has long and short ones.
    case dealtFromTheEnd
}

/// Hands out the tasks of one piece of work: each thread has its own, and takes over what others have left once those
/// are done.
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
            let (first, end) = (count * thread / threads, count * (thread + 1) / threads)
            switch order {
            case .runs where index < end - first: return first + index
            case .runsFromTheEnd where index < end - first: return end - 1 - index
            case .dealtFromTheEnd where index * threads + thread < count: return count - 1 - index * threads - thread
            default: continue
            }
        }
        return nil
    }
}
