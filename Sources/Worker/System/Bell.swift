import Foundation

/// Lets one thread sleep until it is rung, stopped, or a time has passed, and others wait for its end.
final class Bell: @unchecked Sendable {
    // Every access is under the condition's lock.
    private let condition = NSCondition()
    private var rung = false
    private var stopped = false
    private var finished = false

    var isStopped: Bool { condition.withLock { stopped } }

    func ring() {
        condition.withLock {
            rung = true
            condition.broadcast()
        }
    }

    func stop() {
        condition.withLock {
            stopped = true
            condition.broadcast()
        }
    }

    /// Returns at once where it was rung since the last wait.
    func wait(seconds: Double) {
        condition.withLock {
            let end = Date() + seconds
            while !rung, !stopped, condition.wait(until: end) {}
            rung = false
        }
    }

    /// Sleeps, rung or not; a stop alone ends it early.
    func pause(seconds: Double) {
        condition.withLock {
            let end = Date() + seconds
            while !stopped, condition.wait(until: end) {}
        }
    }

    /// Called by the thread as its last act.
    func finish() {
        condition.withLock {
            finished = true
            condition.broadcast()
        }
    }

    func waitUntilFinished() {
        condition.withLock { while !finished { condition.wait() } }
    }
}

/// A thread with a name and a stack of its own; the concurrency pool's threads are for short work.
enum WorkerThread {
    static func start(name: String, stackSize: Int, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.stackSize = stackSize
        thread.start()
    }
}
