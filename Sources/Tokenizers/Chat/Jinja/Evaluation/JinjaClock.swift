import Common

/// A moment as `strftime_now` shows it: a date and a time of day without a zone.
package struct JinjaClock: Sendable, Equatable {
    package let day: CalendarDay
    package let hour: Int
    package let minute: Int
    package let second: Int

    /// - Returns: nil for what is no time of day.
    package init?(_ day: CalendarDay, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        guard (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second) else { return nil }
        self.day = day
        (self.hour, self.minute, self.second) = (hour, minute, second)
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// As C's `strftime` in English.
    /// - Throws: `unsupported` for a directive that is not among the usual.
    func written(_ format: String, _ budget: JinjaBudget) throws -> String {
        var rest = format.scalars[...]
        var output = ""
        try budget.charge(bytes: format.utf8.count)
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                output.unicodeScalars.append(scalar)
                continue
            }
            let isBare = rest.first == "-"
            if isBare { rest.removeFirst() }
            guard let directive = rest.popFirst(), let text = text(directive, isBare: isBare) else {
                throw JinjaError.unsupported("the date format \(PythonText.quoted(format)) is not supported")
            }
            try budget.append(text, to: &output)
        }
        return output
    }

    private func text(_ directive: Unicode.Scalar, isBare: Bool) -> String? {
        func padded(_ number: Int, _ width: Int = 2, by fill: Character = "0") -> String {
            let digits = String(number)
            return isBare ? digits : String(repeating: fill, count: max(0, width - digits.count)) + digits
        }
        let hourOfTwelve = hour % 12 == 0 ? 12 : hour % 12
        switch directive {
        case "Y": return String(day.year)
        case "y": return padded(day.year % 100)
        case "m": return padded(day.month)
        case "d": return padded(day.day)
        case "e": return padded(day.day, by: " ")
        case "H": return padded(hour)
        case "I": return padded(hourOfTwelve)
        case "M": return padded(minute)
        case "S": return padded(second)
        case "j": return padded(day.dayOfYear, 3)
        default: return isBare ? nil : word(directive)
        }
    }

    /// Directives that take no padding.
    private func word(_ directive: Unicode.Scalar) -> String? {
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        switch directive {
        case "B": return Self.months[day.month - 1]
        case "b", "h": return String(Self.months[day.month - 1].prefix(3))
        case "A": return Self.weekdays[day.weekday]
        case "a": return String(Self.weekdays[day.weekday].prefix(3))
        case "w": return String(day.weekday)
        case "u": return String(day.weekday == 0 ? 7 : day.weekday)
        case "p": return hour < 12 ? "AM" : "PM"
        case "f": return "000000"
        case "F": return "\(day.year)-\(two(day.month))-\(two(day.day))"
        case "T", "X": return "\(two(hour)):\(two(minute)):\(two(second))"
        case "D", "x": return "\(two(day.month))/\(two(day.day))/\(two(day.year % 100))"
        // A moment without a zone has none to show.
        case "Z", "z": return ""
        case "n": return "\n"
        case "t": return "\t"
        case "%": return "%"
        default: return nil
        }
    }
}
