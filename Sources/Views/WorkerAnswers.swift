import Foundation
import Ledger

/// What a worker did between its start and its end, `lorad watch --json`.
package struct WatchAnswer: Codable {
    /// How many jobs ended in which state, manifests rejected at the door included.
    package let ended: [String: Int]
    /// Jobs that wait for the time of their retry.
    package let delayed: Int
    /// Why jobs that could have been started were not; absent where none was left.
    package let obstacle: String?
    package let pendingDeliveries: Int
    /// Whether a signal ended it rather than an empty inbox.
    package let stopped: Bool

    private enum CodingKeys: String, CodingKey {
        case ended, delayed, obstacle, stopped
        case pendingDeliveries = "pending_deliveries"
    }

    package init(
        ended: [JobState: Int], delayed: Int, obstacle: String?, pendingDeliveries: Int, stopped: Bool
    ) {
        self.ended = Dictionary(uniqueKeysWithValues: ended.map { ($0.key.rawValue, $0.value) })
        self.delayed = delayed
        self.obstacle = obstacle
        self.pendingDeliveries = pendingDeliveries
        self.stopped = stopped
    }
}

/// Whether jobs are started, `lorad pause` and `resume` with `--json`.
package struct QueueAnswer: Codable {
    package let paused: Bool
    /// Since when; absent while the queue runs.
    package let pausedAt: Date?

    private enum CodingKeys: String, CodingKey {
        case paused
        case pausedAt = "paused_at"
    }

    package init(pausedSince date: Date?) {
        paused = date != nil
        pausedAt = date
    }
}

/// `lorad backup --json`.
package struct BackupAnswer: Codable {
    /// The checked copy.
    package let path: String

    package init(path: String) { self.path = path }
}

/// `lorad webhooks enable --json`.
package struct HookAnswer: Codable {
    package let hook: String
    package let enabled: Bool

    package init(hook: String, enabled: Bool) {
        self.hook = hook
        self.enabled = enabled
    }
}

/// A line of a job's log: `lorad logs --json` prints one document a line.
package struct LogAnswer: Codable {
    /// When it was written, as the log has it; absent from a line that does not begin with a time.
    package let time: String?
    package let text: String

    /// - Parameter line: without its line break.
    package init(line: Substring) {
        let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let isStamped = words.count == 2 && (try? Date(String(words[0]), strategy: Self.stamp)) != nil
        time = isStamped ? String(words[0]) : nil
        text = isStamped ? String(words[1]) : String(line)
    }

    private static let stamp = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}
