import Foundation

/// Seconds of processor time that this thread alone took for `body`: it does not matter what else the machine has to do.
package func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
    func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
    let start = now()
    try body()
    return now() - start
}

/// Seconds that `body` took by a clock that nobody sets, for what must not wait for something that takes far longer. A
/// test's own time limit counts what it waits for a thread of the pool, which is minutes where there are two.
package func elapsedSeconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ProcessInfo.processInfo.systemUptime
    try body()
    return ProcessInfo.processInfo.systemUptime - start
}
