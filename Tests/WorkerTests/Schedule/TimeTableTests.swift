import Foundation
import Manifests
import Testing
import Worker

@Suite("Time tables")
struct TimeTableTests {
    /// A stretch of time in a zone in which its clocks are changed.
    struct Change: CustomTestStringConvertible {
        let zone: String
        let from: String
        var days = 3.0
        var testDescription: String { "\(zone) \(from)" }
    }

    /// By an hour either way, by half an hour, at midnight, over midnight, by a whole day, twice within a month, and
    /// for good.
    private static let changes = [
        Change(zone: "Europe/Berlin", from: "2026-03-28T00:00:00Z"),
        Change(zone: "Europe/Berlin", from: "2026-10-24T00:00:00Z"),
        Change(zone: "America/New_York", from: "2026-03-07T00:00:00Z"),
        Change(zone: "America/New_York", from: "2026-10-31T00:00:00Z"),
        Change(zone: "Australia/Lord_Howe", from: "2026-10-03T00:00:00Z"),
        Change(zone: "Australia/Lord_Howe", from: "2026-04-04T00:00:00Z"),
        Change(zone: "America/Sao_Paulo", from: "2018-02-16T00:00:00Z"),
        Change(zone: "America/Sao_Paulo", from: "2018-11-03T00:00:00Z"),
        Change(zone: "America/St_Johns", from: "2010-11-06T00:00:00Z"),
        Change(zone: "America/St_Johns", from: "2010-03-13T00:00:00Z"),
        Change(zone: "America/Havana", from: "2026-10-31T00:00:00Z"),
        Change(zone: "Asia/Beirut", from: "2026-03-28T00:00:00Z"),
        Change(zone: "Pacific/Apia", from: "2011-12-29T00:00:00Z"),
        Change(zone: "Africa/Casablanca", from: "2026-02-14T00:00:00Z", days: 40),
        Change(zone: "Antarctica/Troll", from: "2026-03-28T00:00:00Z"),
        Change(zone: "Asia/Kathmandu", from: "1985-12-31T00:00:00Z"),
        Change(zone: "Asia/Pyongyang", from: "2015-08-14T00:00:00Z"),
        Change(zone: "UTC", from: "2026-06-30T00:00:00Z"),
    ]

    private static let expressions = [
        "30 2 * * *", "0 3 * * *", "15,45 1-3 * * *", "0 0 * * *", "30 0 * * *", "30 23 * * *", "5 0,1 * * *",
        "*/15 * * * *", "0 * * * *", "30 */2 * * *", "*/20 2 * * *", "@daily", "0 2 * * sun", "1-59/29 0-4 * * *",
        "0 12 30 12 *",
    ]

    @Test("Every time comes due as in a minute-by-minute look at the wall's clock", arguments: changes)
    func slowScan(change: Change) throws {
        let zone = try #require(TimeZone(identifier: change.zone))
        let start = try Date(change.from, strategy: .iso8601)
        let end = start + change.days * 86_400
        let wall = WallClock(zone: zone)
        let minutes = stride(from: start.timeIntervalSince1970 - 60, to: end.timeIntervalSince1970, by: 60)
            .map { wall.reading(at: Date(timeIntervalSince1970: $0)) }
        for text in Self.expressions {
            let expression = try CronExpression(text)
            let expected = Self.scan(minutes, expression)
            let table = TimeTable(expression, zone: zone)
            var found: [Date] = []
            var next = table.next(after: start - 1)
            while let date = next, date < end {
                found.append(date)
                next = table.next(after: date)
            }
            #expect(found == expected, "\(text) in \(change.zone)")
        }
    }

    @Test("The rule where clocks are changed, by example")
    func examples() throws {
        func dues(_ text: String, from: String, count: Int) throws -> [String] {
            let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
            let table = TimeTable(try CronExpression(text), zone: zone)
            var date = try Date(from, strategy: .iso8601)
            return try (0..<count).map { _ in
                date = try #require(table.next(after: date))
                return date.formatted(.iso8601)
            }
        }
        // Forward on 29 March, 02:00 to 03:00: half past two is made up for at three.
        #expect(
            try dues("30 2 * * *", from: "2026-03-28T00:00:00Z", count: 3)
                == ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"])
        // An interval has nothing in the hour that was not.
        #expect(
            try dues("*/30 2 * * *", from: "2026-03-28T12:00:00Z", count: 2)
                == ["2026-03-30T00:00:00Z", "2026-03-30T00:30:00Z"])
        // Back on 25 October, 03:00 to 02:00: half past two once, every half hour both times.
        #expect(
            try dues("30 2 * * *", from: "2026-10-24T12:00:00Z", count: 2)
                == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"])
        #expect(
            try dues("*/30 2 * * *", from: "2026-10-24T12:00:00Z", count: 4)
                == ["2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"])
    }

    @Test("Rare days are found: 29 February, over a century without one, and on one weekday")
    func rare() throws {
        let utc = try #require(TimeZone(identifier: "UTC"))
        let leap = TimeTable(try CronExpression("0 0 29 2 *"), zone: utc)
        #expect(
            leap.next(after: try Date("2096-03-01T00:00:00Z", strategy: .iso8601))?.formatted(.iso8601)
                == "2104-02-29T00:00:00Z")
        let sunday = TimeTable(try CronExpression("0 0 29 2 */7"), zone: utc)
        #expect(
            sunday.next(after: try Date("2026-01-01T00:00:00Z", strategy: .iso8601))?.formatted(.iso8601)
                == "2032-02-29T00:00:00Z")
    }

    /// What the wall's clock and calendar show, asked of Foundation's calendar rather than of the code under test.
    private struct WallClock {
        struct Reading {
            let instant: Date
            /// Minutes since the calendar's start, without a zone.
            let minute: Int
            let hour: Int
            let month: Int
            let day: Int
            let weekday: Int
        }

        private let local: Calendar
        private let plain: Calendar

        init(zone: TimeZone) {
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = zone
            local = calendar
            calendar.timeZone = .gmt
            plain = calendar
        }

        func reading(at instant: Date) -> Reading {
            var parts = local.dateComponents([.year, .month, .day, .hour, .minute], from: instant)
            let weekday = local.component(.weekday, from: instant)
            let (month, day, hour) = (parts.month ?? 0, parts.day ?? 0, parts.hour ?? 0)
            parts.second = 0
            let minute = Int((plain.date(from: parts) ?? .distantPast).timeIntervalSince1970 / 60)
            return Reading(instant: instant, minute: minute, hour: hour, month: month, day: day, weekday: weekday - 1)
        }
    }

    /// The first reading is only there to compare the second with.
    private static func scan(_ readings: [WallClock.Reading], _ expression: CronExpression) -> [Date] {
        var due: [Date] = []
        var shown: Set<Int> = [readings[0].minute]
        for (before, now) in zip(readings, readings.dropFirst()) {
            func matches(_ minute: Int) -> Bool {
                let day = Int((Double(minute) / 1_440).rounded(.down))
                let ofDay = minute - day * 1_440
                guard expression.hours.contains(ofDay / 60), expression.minutes.contains(ofDay % 60) else {
                    return false
                }
                let date = Date(timeIntervalSince1970: Double(day) * 86_400)
                var calendar = Calendar(identifier: .gregorian)
                calendar.timeZone = .gmt
                let parts = calendar.dateComponents([.month, .day, .weekday], from: date)
                return expression.matches(
                    month: parts.month ?? 0, day: parts.day ?? 0, weekday: (parts.weekday ?? 1) - 1)
            }
            if expression.isInterval {
                if matches(now.minute) { due.append(now.instant) }
                continue
            }
            let skipped = now.minute > before.minute + 1 ? Array((before.minute + 1)..<now.minute) : []
            // What a later repetition shows again was shown before; what was skipped was not.
            let isNew = shown.insert(now.minute).inserted
            if isNew && matches(now.minute) || skipped.contains(where: matches) { due.append(now.instant) }
        }
        return due
    }
}
