import COpenBLAS
import Foundation
import Synchronization

/// The one pool of threads that all kernels and products share. OpenBLAS is told to use one thread and is called from
/// the pool's, so that two pools never fight over the cores.
package enum Threads {
    private static let pool = Mutex<ThreadPool?>(nil)

    /// Threads that work on one kernel together, the caller included.
    package static var count: Int { shared.count }

    /// Sets the number of threads; all online CPUs unless called. Not while a kernel runs.
    package static func configure(_ count: Int) {
        pool.withLock { $0 = ThreadPool(count: max(1, count)) }
    }

    /// Cuts `0..<count` into one contiguous piece a thread (multiples of `grain`) and runs them at the same time.
    ///
    /// The cut depends on the two counts alone, so results are the same in every run.
    static func parallel(_ count: Int, grain: Int = 1, _ body: (Range<Int>) -> Void) {
        let pool = shared
        let grains = (count + grain - 1) / grain
        let pieces = min(pool.count, grains)
        guard pieces > 1 else {
            if count > 0 { body(0..<count) }
            return
        }
        pool.run(pieces: pieces) { piece in
            let lower = grains * piece / pieces * grain
            let upper = min(count, grains * (piece + 1) / pieces * grain)
            if lower < upper { body(lower..<upper) }
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
