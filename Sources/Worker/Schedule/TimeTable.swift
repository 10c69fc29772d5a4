import Foundation
import Manifests

/// When a cron expression comes due in a time zone: instants, whole seconds since 1970.
///
/// Where clocks are changed, by the rule of Debian's cron(8) for any size of change:
/// - An expression whose minute or hour begins with `*` follows elapsed time. It comes due at every matching minute that
///   the clock shows: both times in a repeated hour, not at all in a skipped one.
/// - Any other is a time of day and comes due once. In a repeated hour that is the first time; a time that the clock
///   skips comes due when the skipping ends.
package struct TimeTable: Sendable {
    private let expression: CronExpression
    private let zone: TimeZone

    package init(_ expression: CronExpression, zone: TimeZone) {
        self.expression = expression
        self.zone = zone
    }

    /// The first instant after `date`. Nil only where none comes within 45 years: 29 February on one weekday may take 40.
    package func next(after date: Date) -> Date? {
        let start = Int(date.timeIntervalSince1970.rounded(.down))
        // A clock may be a day ahead of where it was a moment ago, or behind.
        let first = (start + offset(at: start)).flooredQuotient(Self.day) - 1
        for number in first...(first + 45 * 366) {
            guard let found = instants(onDay: number).first(where: { $0 > start }) else { continue }
            // Clocks set back over midnight make a day's last instants later than the next day's first.
            let other = instants(onDay: number + 1).first { $0 > start } ?? found
            return Date(timeIntervalSince1970: Double(min(found, other)))
        }
        return nil
    }

    /// The instants that belong to a day of the wall's calendar, rising.
    private func instants(onDay number: Int) -> [Int] {
        let date = CivilDate(number: number)
        let weekday = CivilDate.weekday(number: number)
        guard expression.matches(month: date.month, day: date.day, weekday: weekday) else { return [] }
        var instants: Set<Int> = []
        for hour in expression.hours.numbers {
            for minute in expression.minutes.numbers {
                instants.formUnion(self.instants(atWall: number * Self.day + hour * 3_600 + minute * 60))
            }
        }
        return instants.sorted()
    }

    /// When the clock on the wall shows `wall`, in seconds since it would have shown 1970-01-01 00:00.
    private func instants(atWall wall: Int) -> [Int] {
        // No clock is more than a day from UTC, so the offsets before and after any change nearby are these two.
        let (before, after) = (offset(at: wall - Self.day), offset(at: wall + Self.day))
        var shown = [wall - before]
        if after != before { shown.append(wall - after) }
        shown = shown.filter { $0 + offset(at: $0) == wall }.sorted()
        if expression.isInterval { return shown }
        if let first = shown.first { return [first] }
        return [endOfGap(between: wall - after, and: wall - before)]
    }

    /// The instant at which the offset changes: past `earlier`, which still has the old one, up to `later`.
    private func endOfGap(between earlier: Int, and later: Int) -> Int {
        var (low, high) = (earlier, later)
        let old = offset(at: low)
        while high - low > 1 {
            let middle = (low + high) / 2
            if offset(at: middle) == old { low = middle } else { high = middle }
        }
        return high
    }

    /// Seconds that the zone's clock is ahead of UTC.
    private func offset(at instant: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
    }

    private static let day = 86_400
}
