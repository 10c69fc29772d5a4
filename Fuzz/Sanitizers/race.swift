// What ThreadSanitizer must say of two programs, before it is believed about lorad; see scripts/sanitize.
//
// `lock`: four threads meet at a Mutex, and change what it guards. No race.
// `race`: they change something beside it, too. A race.
import Foundation
import Synchronization

final class Counters: Sendable {
    let guarded = Mutex(0)
    nonisolated(unsafe) var beside = 0
}

let counters = Counters()
let isRace = CommandLine.arguments.last == "race"
let threads = DispatchGroup()
for _ in 0..<4 {
    threads.enter()
    Thread.detachNewThread {
        for turn in 0..<20_000 {
            counters.guarded.withLock { count in
                count += 1
                // Whoever comes meanwhile must wait.
                if turn % 100 == 0 { usleep(10) }
            }
            if isRace { counters.beside += 1 }
        }
        threads.leave()
    }
}
threads.wait()
let total = counters.guarded.withLock { $0 }
print("\(total) and \(counters.beside)")
