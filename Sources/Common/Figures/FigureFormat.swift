import Foundation

/// How figures are written for people, the same in the page and the model card. Independent of the locale.
package enum FigureFormat {
    /// `digits` significant digits: 0.0312, 12.4, 1,234, 3.1×10⁻⁵.
    package static func significant(_ value: Double, _ digits: Int = 3) -> String {
        guard value.isFinite else { return notFinite(value) }
        guard value != 0 else { return "0" }
        let magnitude = Int(log10(abs(value)).rounded(.down))
        if magnitude < -3 || magnitude > 8 {
            let text = String(format: "%.\(digits - 1)e", value)
            let parts = text.split(separator: "e")
            return "\(parts[0])×\(powerOfTen(Int(parts[1]) ?? 0))"
        }
        if magnitude >= digits { return count(Int(value.rounded())) }
        return String(format: "%.\(max(0, digits - 1 - magnitude))f", value)
    }

    /// A setting as a person would write it: 16, 0.05, 5×10⁻⁴.
    package static func plain(_ value: Double) -> String {
        guard value.isFinite, let whole = Int(exactly: value) else { return significantTrimmed(value) }
        return count(whole)
    }

    /// 10 with a raised exponent.
    package static func powerOfTen(_ exponent: Int) -> String {
        let raised: [Character: String] = [
            "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
            "9": "⁹",
        ]
        return "10" + String(exponent).compactMap { raised[$0] }.joined()
    }

    private static func significantTrimmed(_ value: Double) -> String {
        let parts = significant(value, 6).split(separator: "×")
        guard value.isFinite, let digits = parts.first, digits.contains(".") else { return significant(value, 6) }
        var mantissa = digits
        while mantissa.last == "0" { mantissa.removeLast() }
        if mantissa.last == "." { mantissa.removeLast() }
        return parts.count == 2 ? "\(mantissa)×\(parts[1])" : String(mantissa)
    }

    /// A share as per cent with one decimal.
    package static func percent(_ share: Double) -> String {
        share.isFinite ? String(format: "%.1f%%", share * 100) : notFinite(share)
    }

    /// A difference of shares in percentage points, with its sign.
    package static func points(_ difference: Double) -> String {
        difference.isFinite ? signed(String(format: "%+.1f", difference * 100)) : notFinite(difference)
    }

    /// `decimals` decimals, with the sign.
    package static func difference(_ value: Double, _ decimals: Int = 3) -> String {
        value.isFinite ? signed(String(format: "%+.\(decimals)f", value)) : notFinite(value)
    }

    /// `decimals` decimals.
    package static func fixed(_ value: Double, _ decimals: Int = 3) -> String {
        value.isFinite ? String(format: "%.\(decimals)f", value) : notFinite(value)
    }

    /// A whole number with its thousands set off by commas.
    package static func count(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var groups: [Substring] = []
        var rest = digits[...]
        while rest.count > 3 {
            groups.insert(rest.suffix(3), at: 0)
            rest = rest.dropLast(3)
        }
        groups.insert(rest, at: 0)
        return (value < 0 ? "−" : "") + groups.joined(separator: ",")
    }

    /// Bytes in powers of 1,000.
    package static func bytes(_ value: Int) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB"]
        var scaled = Double(value)
        var unit = 0
        while scaled >= 1000, unit < units.count - 1 {
            scaled /= 1000
            unit += 1
        }
        return unit == 0 ? "\(value) bytes" : String(format: scaled < 10 ? "%.2f " : "%.0f ", scaled) + units[unit]
    }

    /// Seconds as hours, minutes and seconds.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return notFinite(seconds) }
        if seconds < 10 { return String(format: "%.1f s", seconds) }
        let whole = Int(seconds.rounded())
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        if hours > 0 { return "\(hours) h \(minutes) min" }
        return minutes > 0 ? "\(minutes) min \(whole % 60) s" : "\(whole) s"
    }

    /// UTC, to the second.
    package static func time(_ date: Date) -> String {
        date.ISO8601Format().replacingOccurrences(of: "T", with: " ").replacingOccurrences(of: "Z", with: " UTC")
    }

    private static func signed(_ text: String) -> String {
        text.replacingOccurrences(of: "-", with: "−")
    }

    private static func notFinite(_ value: Double) -> String {
        value.isNaN ? "not a number" : value.isInfinite ? (value > 0 ? "infinite" : "−infinite") : "unknown"
    }
}
