import Foundation
import Synchronization

/// Where a step's time goes: seconds by kernel, measured on the thread that calls it. Off unless `start` was called.
package enum KernelClock {
    private struct Entry {
        var seconds = 0.0
        var calls = 0
    }

    private static let isRunning = Atomic<Bool>(false)
    private static let entries = Mutex<[String: Entry]>([:])

    /// Forgets what was measured, and measures from now on.
    package static func start() {
        entries.withLock { $0 = [:] }
        isRunning.store(true, ordering: .relaxed)
    }

    /// Stops measuring; the kernel with most time first.
    package static func stop() -> [(name: String, seconds: Double, calls: Int)] {
        isRunning.store(false, ordering: .relaxed)
        return entries.withLock { entries in
            entries.map { ($0.key, $0.value.seconds, $0.value.calls) }.sorted { $0.1 > $1.1 }
        }
    }

    /// Runs `body` on the clock of `name`.
    static func measure<Result>(_ name: StaticString, _ body: () throws -> Result) rethrows -> Result {
        guard isRunning.load(ordering: .relaxed) else { return try body() }
        let start = DispatchTime.now().uptimeNanoseconds
        defer {
            let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
            entries.withLock { entries in
                entries["\(name)", default: Entry()].seconds += seconds
                entries["\(name)", default: Entry()].calls += 1
            }
        }
        return try body()
    }
}
