import COpenBLAS
import Foundation
import Synchronization

/// Threads that wait for a task, first by spinning for a moment, since kernels follow one another within microseconds,
/// then asleep.
final class ThreadPool: @unchecked Sendable {
    let count: Int
    /// Number of the current task; workers run each once.
    private let generation = Atomic<Int>(0)
    private let unfinished = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)
    private let wake = NSCondition()
    /// Written before `generation` moves, read after.
    private nonisolated(unsafe) var task: ((Int) -> Void)?
    private let spins = 20_000

    init(count: Int) {
        self.count = count
        openblas_set_num_threads(1)
        for index in 1..<max(1, count) {
            let thread = Thread { [weak self] in
                var seen = 0
                while let next = self?.next(after: seen) {
                    seen = next
                    self?.work(index)
                }
            }
            thread.stackSize = 8 << 20
            thread.name = "lorad-compute-\(index)"
            thread.start()
        }
    }

    /// Runs `body(0)` … `body(pieces − 1)`, piece 0 on the calling thread, and returns when all are done.
    func run(pieces: Int, _ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            task = { piece in if piece < pieces { body(piece) } }
            unfinished.store(count - 1, ordering: .relaxed)
            wake.lock()
            generation.add(1, ordering: .releasing)
            wake.broadcast()
            wake.unlock()
            body(0)
            while unfinished.load(ordering: .acquiring) > 0 { pause() }
            task = nil
        }
    }

    /// Number of the next task, or nil when the pool ends.
    private func next(after seen: Int) -> Int? {
        for _ in 0..<spins {
            let current = generation.load(ordering: .acquiring)
            if current != seen { return current }
            pause()
        }
        wake.lock()
        defer { wake.unlock() }
        while generation.load(ordering: .acquiring) == seen { wake.wait() }
        return generation.load(ordering: .acquiring)
    }

    private func work(_ index: Int) {
        task?(index)
        unfinished.subtract(1, ordering: .releasing)
    }

    private func pause() { _ = stopped.load(ordering: .relaxed) }
}
