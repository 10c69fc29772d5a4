import CKernels
import COpenBLAS
import Foundation
import Synchronization

/// Threads that wait for work, first by spinning for a moment, since kernels follow one another within microseconds,
/// then asleep.
final class ThreadPool: Sendable {
    let count: Int
    /// Scratch memory of each thread.
    let workspaces: [Workspace]
    /// Held while work is done: one at a time.
    private let running = NSLock()
    /// Number of the current work; each worker takes its piece once. Negative: the pool has ended.
    private let generation = Atomic<Int>(0)
    /// Tasks of the current work, where it has such.
    private let tasks: TaskRuns
    private let unfinished = Atomic<Int>(0)
    private let wake = NSCondition()
    /// Written before `generation` moves, read after.
    private nonisolated(unsafe) var work: SharedWorkReference?
    /// Of the current work; a thread beyond them does nothing.
    private nonisolated(unsafe) var pieces = 0
    private let spins = 20_000

    init(count: Int) {
        self.count = count
        workspaces = (0..<count).map { _ in Workspace() }
        tasks = TaskRuns(threads: count)
        openblas_set_num_threads(1)
        for index in 1..<max(1, count) {
            let thread = Thread { [self] in
                var seen = 0
                while let next = next(after: seen) {
                    seen = next
                    if index < pieces { work?.run(piece: index, in: self) }
                    unfinished.subtract(1, ordering: .releasing)
                }
            }
            thread.stackSize = 8 << 20
            thread.name = "lorad-compute-\(index)"
            thread.start()
        }
    }

    /// Does pieces 0 … `pieces` − 1 of `work`, piece 0 on the calling thread, and returns when all are done.
    ///
    /// - Parameter pieces: at most `count`.
    func run<Work: SharedWork>(pieces: Int, _ work: Work) {
        running.lock()
        defer { running.unlock() }
        tasks.reset()
        self.pieces = pieces
        guard pieces > 1, generation.load(ordering: .relaxed) >= 0 else {
            for piece in 0..<pieces { work.run(piece: piece, in: self) }
            return
        }
        withUnsafePointer(to: work) { pointer in
            self.work = SharedWorkReference(pointer)
            unfinished.store(count - 1, ordering: .relaxed)
            advance(to: generation.load(ordering: .relaxed) + 1)
            pointer.pointee.run(piece: 0, in: self)
            while unfinished.load(ordering: .acquiring) > 0 { ck_pause() }
            self.work = nil
        }
    }

    /// One of the current work's `count` tasks that no thread has taken, for whoever does `piece`; nil where none is
    /// left.
    func nextTask(of count: Int, _ order: TaskOrder, piece: Int) -> Int? {
        tasks.next(of: count, order, own: piece, threads: pieces)
    }

    /// Lets the workers end, once the work that runs is done. Whoever still holds the pool computes alone.
    func stop() {
        running.lock()
        defer { running.unlock() }
        advance(to: -1)
    }

    private func advance(to number: Int) {
        wake.lock()
        generation.store(number, ordering: .releasing)
        wake.broadcast()
        wake.unlock()
    }

    /// Number of the next work, or nil when the pool ends.
    private func next(after seen: Int) -> Int? {
        var current = generation.load(ordering: .acquiring)
        var spun = 0
        while current == seen && spun < spins {
            ck_pause()
            spun += 1
            current = generation.load(ordering: .acquiring)
        }
        if current == seen {
            wake.lock()
            defer { wake.unlock() }
            while generation.load(ordering: .acquiring) == seen { wake.wait() }
            current = generation.load(ordering: .acquiring)
        }
        return current < 0 ? nil : current
    }
}
