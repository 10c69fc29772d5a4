import Foundation

/// Points in time as the ledger keeps them: whole milliseconds since 1970, UTC.
package enum Timestamp {
    /// Rounded to the nearest.
    package static func milliseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded()) }

    /// The reverse of `milliseconds`.
    package static func date(_ milliseconds: Int64) -> Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// `2026-11-24T00:26:03.123Z`
    package static func text(_ date: Date) -> String { date.formatted(extended) }

    /// `20261124T002603Z`: sorts by time and is safe in a file name.
    package static func compact(_ date: Date) -> String { date.formatted(basic) }

    /// What `compact` wrote; nil for anything else.
    package static func date(compact text: String) -> Date? {
        try? Date(
            text,
            strategy: .iso8601.year().month().day().time(includingFractionalSeconds: false)
                .timeZone(separator: .omitted).dateSeparator(.omitted).timeSeparator(.omitted))
    }

    private static let extended = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    private static let basic = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
}
