import CLinux
import Foundation
import Glibc

/// Lets one thread sleep until it is rung, stopped, or a time has passed, and others wait for its end.
///
/// Times are those of the monotonic clock. `NSCondition` waits by the wall's: set back by a day, it would let a thread
/// that wanted to sleep a second sleep a day.
package final class Bell: @unchecked Sendable {
    // Every access is under the mutex.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var rung = false
    private var stopped = false
    private var finished = false

    /// A bell that nobody has rung.
    package init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// True once `stop` was called.
    package var isStopped: Bool { withLock { stopped } }

    /// Ends a wait that is under way, or the next one.
    package func ring() {
        withLock {
            rung = true
            pthread_cond_broadcast(condition)
        }
    }

    /// Ends every wait from now on: the thread is to come to its end.
    package func stop() {
        withLock {
            stopped = true
            pthread_cond_broadcast(condition)
        }
    }

    /// Returns at once where it was rung since the last wait.
    package func wait(seconds: Double) {
        withLock {
            var end = Self.time(in: seconds)
            while !rung, !stopped, pthread_cond_timedwait(condition, mutex, &end) == 0 {}
            rung = false
        }
    }

    /// Sleeps, rung or not; a stop alone ends it early.
    package func pause(seconds: Double) {
        withLock {
            var end = Self.time(in: seconds)
            while !stopped, pthread_cond_timedwait(condition, mutex, &end) == 0 {}
        }
    }

    /// Called by the thread as its last act.
    package func finish() {
        withLock {
            finished = true
            pthread_cond_broadcast(condition)
        }
    }

    /// Waits for the thread's `finish`.
    package func waitUntilFinished() {
        withLock { while !finished { pthread_cond_wait(condition, mutex) } }
    }

    private func withLock<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// A point of the monotonic clock. More than a year is a year: nobody waits longer, and the sum stays finite.
    private static func time(in seconds: Double) -> timespec {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let whole = min(max(seconds, 0), 31_536_000)
        let nanoseconds = now.tv_nsec + Int((whole - whole.rounded(.down)) * 1e9)
        return timespec(
            tv_sec: now.tv_sec + Int(whole.rounded(.down)) + nanoseconds / 1_000_000_000,
            tv_nsec: nanoseconds % 1_000_000_000)
    }
}

/// A thread with a name and a stack of its own; the concurrency pool's threads are for short work.
package enum WorkerThread {
    /// Starts a thread that ends with `body`; the kernel shows 15 bytes of its name.
    package static func start(name: String, stackSize: Int, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread {
            // Foundation keeps a name to itself.
            lorad_name_thread(name)
            body()
        }
        thread.name = name
        thread.stackSize = stackSize
        thread.start()
    }
}
