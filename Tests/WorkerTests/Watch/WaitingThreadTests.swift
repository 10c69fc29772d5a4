import Foundation
import TestSupport
import Testing
import Worker

@Suite("Threads that wait")
struct WaitingThreadTests {
    /// What futex(2) a thread sleeps in, of a process that is this one.
    private struct Sleep {
        let name: String
        /// The operation with its flags.
        let operation: Int
        let hasTimeout: Bool

        private static let numbers = ["202", "98"]  // x86-64, arm64

        /// Nil for a thread that is elsewhere, or whose call the kernel does not tell.
        init?(task: String) {
            guard let text = try? String(contentsOfFile: task + "/syscall", encoding: .utf8),
                let name = try? String(contentsOfFile: task + "/comm", encoding: .utf8)
            else { return nil }
            let fields = text.split(separator: " ").map(String.init)
            guard fields.count > 4, Self.numbers.contains(fields[0]),
                let operation = Int(fields[2].dropFirst(2), radix: 16)
            else { return nil }
            self.name = name.trimmingCharacters(in: .whitespacesAndNewlines)
            self.operation = operation
            hasTimeout = fields[4] != "0x0"
        }
    }

    @Test(
        "The worker's threads wait by a clock that nobody can set back",
        .enabled(if: FileManager.default.isReadableFile(atPath: "/proc/self/syscall"), "needs /proc/PID/syscall"))
    func monotonic() throws {
        let bench = try WorkerBench()
        let wanted: Set = ["schedule", "housekeeper", "job 1"]
        let realTime = 256  // FUTEX_CLOCK_REALTIME
        _ = try bench.whileWatching(FakeRunner()) {
            var seen: Set<String> = []
            let all = try eventually {
                for task in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task") {
                    guard let sleep = Sleep(task: "/proc/self/task/" + task), wanted.contains(sleep.name) else {
                        continue
                    }
                    guard sleep.hasTimeout else { continue }
                    #expect(sleep.operation & realTime == 0, "\(sleep.name) waits by the wall's clock")
                    seen.insert(sleep.name)
                }
                return seen == wanted
            }
            #expect(all, "seen: \(seen)")
        }
    }
}
