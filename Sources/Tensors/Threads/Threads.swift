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
    static func parallel(_ count: Int, grain: Int = 1, _ body: (Range<Int>) -> Void) {
        guard count > grain, shared.count > 1 else {
            if count > 0 { body(0..<count) }
            return
        }
        parallel(count, grain: grain) { range, _ in body(range) }
    }

    /// The same with scratch memory for each piece.
    static func parallel(_ count: Int, grain: Int, _ body: (Range<Int>, Workspace) -> Void) {
        let pool = shared
        let grains = (count + grain - 1) / grain
        let pieces = min(pool.count, grains)
        guard pieces > 0 else { return }
        pool.run(pieces: pieces) { piece in
            let lower = grains * piece / pieces * grain
            let upper = min(count, grains * (piece + 1) / pieces * grain)
            if lower < upper { body(lower..<upper, pool.workspaces[piece]) }
        }
    }

    /// Runs tasks `0..<count` of unequal length, each thread taking the next one when it is free.
    ///
    /// Which thread runs a task differs from run to run, so a task's result must depend on its number alone and go to
    /// memory that no other task writes; then results are the same for any number of threads.
    static func tasks(_ count: Int, _ body: (_ task: Int, _ workspace: Workspace) -> Void) {
        guard count > 0 else { return }
        let pool = shared
        let next = Atomic<Int>(0)
        pool.run(pieces: min(pool.count, count)) { piece in
            while true {
                let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard task < count else { return }
                body(task, pool.workspaces[piece])
            }
        }
    }

    /// The same for work outside this target, such as reading a model's files.
    package static func tasks(_ count: Int, _ body: (_ task: Int) -> Void) {
        tasks(count) { task, _ in body(task) }
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
