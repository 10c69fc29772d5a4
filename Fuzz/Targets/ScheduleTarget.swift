import Foundation
import Manifests
import Worker

/// A time table: a cron expression, and on a second line a time zone.
package struct ScheduleTarget: FuzzTarget {
    package static let name = "schedule"

    /// Around clocks that are set forward and back, a leap day, and far from now.
    private static let starts: [Double] = [
        0, 1_774_745_999, 1_793_494_800, 1_835_395_199, 2_540_000_000.5, 4_102_444_800, -1_000_000_000,
    ]

    package init() {}

    package func check(_ bytes: [UInt8]) throws {
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let expression: CronExpression
        do { expression = try CronExpression(String(lines.first ?? "")) } catch {
            return try require(error.message.utf8.count < bytes.count * 4 + 1_000, "a long message of a short text")
        }
        let zone = lines.count > 1 ? TimeZone(identifier: String(lines[1])) : nil
        let table = TimeTable(expression, zone: zone ?? .gmt)
        for start in Self.starts.map(Date.init(timeIntervalSince1970:)) {
            guard let next = table.next(after: start) else { continue }
            try require(next > start, "the next time, \(next), is not after \(start)")
            try require(
                table.next(after: next - 1) == next, "\(next) is next at \(start), and not a second before it")
            if let later = table.next(after: next) { try require(later > next, "no time after \(next)") }
        }
    }
}
