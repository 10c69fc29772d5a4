import Foundation

/// The kernel's killer of processes where memory runs out, see proc(5).
package enum MemoryKiller {
    /// It shall take this process before the worker: `oom_score_adj`.
    package static func preferThisProcess() {
        try? Data("500\n".utf8).write(to: URL(fileURLWithPath: "/proc/self/oom_score_adj"))
    }
}
