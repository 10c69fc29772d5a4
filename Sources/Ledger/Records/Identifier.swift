import Foundation
import OperatingSystem

/// Names that are unique without asking anybody.
package enum Identifier {
    /// `20261124T002603Z-1a2b3c4d`: sorts by time, readable, safe in a file name.
    package static func job(now: Date = Date()) -> String { Timestamp.compact(now) + "-" + random(digits: 8) }

    /// Whether a text could be a job's.
    package static func isJob(_ text: String) -> Bool { text.wholeMatch(of: /[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}/) != nil }

    /// A webhook's `webhook-id`.
    package static func delivery() -> String { "msg_" + random(digits: 24) }

    /// Hexadecimal digits from the system's generator.
    package static func random(digits: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return String((0..<digits).map { _ in "0123456789abcdef".randomElement(using: &generator)! })
    }
}
