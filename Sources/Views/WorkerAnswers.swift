import Foundation
import Worker

/// What a worker did between its start and its end, `lorad watch --json`.
struct WatchAnswer: Codable {
    /// How many jobs ended in which state, manifests rejected at the door included.
    let ended: [String: Int]
    /// Jobs that wait for the time of their retry.
    let delayed: Int
    /// Why jobs that could have been started were not; absent where none was left.
    let obstacle: String?
    let pendingDeliveries: Int
    /// Whether a signal ended it rather than an empty inbox.
    let stopped: Bool

    enum CodingKeys: String, CodingKey {
        case ended, delayed, obstacle, stopped
        case pendingDeliveries = "pending_deliveries"
    }

    init(_ result: WatchResult) {
        ended = Dictionary(uniqueKeysWithValues: result.ended.map { ($0.key.rawValue, $0.value) })
        delayed = result.delayed
        obstacle = result.obstacle
        pendingDeliveries = result.pendingDeliveries
        stopped = result.wasStopped
    }
}

/// Whether jobs are started, `lorad pause` and `resume` with `--json`.
struct QueueAnswer: Codable {
    let paused: Bool
    /// Since when; absent while the queue runs.
    let pausedAt: Date?

    enum CodingKeys: String, CodingKey {
        case paused
        case pausedAt = "paused_at"
    }

    init(pausedSince date: Date?) {
        paused = date != nil
        pausedAt = date
    }
}

/// `lorad backup --json`.
struct BackupAnswer: Codable {
    /// The checked copy.
    let path: String
}

/// `lorad webhooks enable --json`.
struct HookAnswer: Codable {
    let hook: String
    let enabled: Bool
}

/// A line of a job's log: `lorad logs --json` prints one document a line.
struct LogAnswer: Codable {
    /// When it was written, as the log has it; absent from a line that does not begin with a time.
    let time: String?
    let text: String

    /// - Parameter line: without its line break.
    init(line: Substring) {
        let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let isStamped = words.count == 2 && (try? Date(String(words[0]), strategy: Self.stamp)) != nil
        time = isStamped ? String(words[0]) : nil
        text = isStamped ? String(words[1]) : String(line)
    }

    private static let stamp = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}
