import Foundation
import Synchronization

/// The one pool of threads that all kernels and products share. OpenBLAS is told to use one thread and is called from
/// the pool's, so that two pools never fight over the cores.
///
/// Work handed to the pool must not hand out work itself.
package enum Threads {
    private static let pool = Mutex<ThreadPool?>(nil)

    /// Threads that work on one kernel together, the caller included.
    package static var count: Int { shared.count }

    /// Sets the number of threads; all online CPUs unless called. Not while a kernel runs.
    package static func configure(_ count: Int) {
        pool.withLock { pool in
            pool?.stop()
            pool = ThreadPool(count: max(1, count))
        }
    }

    /// Cuts `0..<count` into one contiguous piece a thread (multiples of `grain`) and runs them at the same time.
    ///
    /// The cut depends on the two counts and the number of threads alone.
    ///
    /// - Parameters:
    ///   - arguments: handed to `body`. It should capture nothing else: what it captures costs a heap call each time.
    static func parallel<each Argument>(
        _ count: Int, grain: Int = 1, with arguments: repeat each Argument,
        body: @escaping @Sendable (Range<Int>, repeat each Argument) -> Void
    ) {
        let pool = shared
        guard count > grain, pool.count > 1 else {
            if count > 0 { body(0..<count, repeat each arguments) }
            return
        }
        let cut = RangeCut(count, grain: grain, mostPieces: pool.count)
        pool.run(pieces: cut.pieces, SharedRange(cut: cut, arguments: (repeat each arguments), body: body))
    }

    /// The same with scratch memory for each piece.
    static func parallelInWorkspaces<each Argument>(
        _ count: Int, grain: Int, with arguments: repeat each Argument,
        body: @escaping @Sendable (Range<Int>, Workspace, repeat each Argument) -> Void
    ) {
        guard count > 0 else { return }
        let pool = shared
        let cut = RangeCut(count, grain: grain, mostPieces: pool.count)
        pool.run(pieces: cut.pieces, SharedRangeInWorkspaces(cut: cut, arguments: (repeat each arguments), body: body))
    }

    /// Runs tasks `0..<count` of unequal length, see `TaskRuns`: each thread its own run of them, then what others
    /// left.
    ///
    /// Which thread runs a task differs from run to run, so a task's result must depend on its number alone and go to
    /// memory that no other task writes; then results are the same for any number of threads.
    ///
    /// - Parameters:
    ///   - arguments: as in `parallel`.
    static func tasks<each Argument>(
        _ count: Int, order: TaskOrder = .runs, with arguments: repeat each Argument,
        body: @escaping @Sendable (_ task: Int, _ workspace: Workspace, repeat each Argument) -> Void
    ) {
        guard count > 0 else { return }
        let pool = shared
        pool.run(
            pieces: min(pool.count, count),
            SharedTasks(count: count, order: order, arguments: (repeat each arguments), body: body))
    }

    /// The same for work outside this target, such as reading a model's files; a heap call each time.
    package static func tasks(_ count: Int, _ body: (_ task: Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            tasks(count, with: body) { task, _, body in body(task) }
        }
    }

    private static var shared: ThreadPool {
        pool.withLock { pool in
            if let pool { return pool }
            let created = ThreadPool(count: ProcessInfo.processInfo.activeProcessorCount)
            pool = created
            return created
        }
    }
}
