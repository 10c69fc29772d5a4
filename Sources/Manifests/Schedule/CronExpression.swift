/// A time table in cron's five fields, crontab(5): minute, hour, day of month, month, day of week.
package struct CronExpression: Sendable, Equatable {
    /// As written.
    package let text: String
    /// 0 to 59.
    package let minutes: CronField
    /// 0 to 23.
    package let hours: CronField
    /// 1 to 31.
    package let days: CronField
    /// 1 to 12.
    package let months: CronField
    /// 0 (Sunday) to 6.
    package let weekdays: CronField

    /// Whether it follows elapsed time (a minute or hour that begins with `*`: every quarter of an hour) rather than
    /// the clock on the wall (half past two); the two differ where clocks are changed.
    package var isInterval: Bool { minutes.beginsWithStar || hours.beginsWithStar }

    /// Reads five fields or one of `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly`, `@annually`.
    package init(_ text: String) throws(CronMistake) {
        self.text = text
        var expanded = text
        if text.hasPrefix("@") {
            guard let meaning = Self.nicknames[text.lowercased()] else {
                let known = Self.nicknames.keys.sorted().joined(separator: ", ")
                throw CronMistake("is '\(text)'; known are \(known)")
            }
            expanded = meaning
        }
        let fields = expanded.split { $0 == " " || $0 == "\t" }.map(String.init)
        guard fields.count == 5 else {
            throw CronMistake(
                "has \(fields.count) fields; expected minute, hour, day of month, month and day of week, "
                    + "such as \"30 2 * * *\"")
        }
        minutes = try CronField(fields[0], CronField.Rule(name: "minute", range: 0...59))
        hours = try CronField(fields[1], CronField.Rule(name: "hour", range: 0...23))
        days = try CronField(fields[2], CronField.Rule(name: "day of month", range: 1...31))
        months = try CronField(fields[3], CronField.Rule(name: "month", range: 1...12, words: Self.monthWords))
        weekdays = try CronField(
            fields[4], CronField.Rule(name: "day of week", range: 0...7, words: Self.weekdayWords, alsoZero: 7))
        guard everHappens else { throw CronMistake("names a day that no month it names has, so it never comes") }
    }

    /// Whether a date matches. Where day of month and day of week are both restricted (neither begins with `*`), one of
    /// the two is enough; else both must match.
    ///
    /// - Parameter weekday: 0 is Sunday.
    package func matches(month: Int, day: Int, weekday: Int) -> Bool {
        guard months.contains(month) else { return false }
        let (byDay, byWeekday) = (days.contains(day), weekdays.contains(weekday))
        return days.beginsWithStar || weekdays.beginsWithStar ? byDay && byWeekday : byDay || byWeekday
    }

    private var everHappens: Bool {
        if !days.beginsWithStar, !weekdays.beginsWithStar { return true }
        let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return months.numbers.contains { days.numbers[0] <= longest[$0 - 1] }
    }

    private static let nicknames = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]
    private static let monthWords = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdayWords = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
}
