import Foundation
import Manifests
import OperatingSystem

/// Names that tell one night's job from the next: `nightly` becomes `nightly-20261124t0200z`.
package enum Stamp {
    /// To the minute, in UTC: no hour of it is repeated or skipped.
    package static func text(_ date: Date) -> String {
        let stamp = Timestamp.compact(
            Date(timeIntervalSince1970: (date.timeIntervalSince1970 / 60).rounded(.down) * 60))
        return stamp.replacingOccurrences(of: "00Z", with: "z", options: [.anchored, .backwards]).lowercased()
    }

    package static func name(_ name: String, at date: Date) -> String { name + "-" + text(date) }

    /// Whether `candidate` is `name` itself, or `name` with a stamp.
    package static func isStamped(_ candidate: String, from name: String) -> Bool {
        guard candidate.hasPrefix(name) else { return false }
        let rest = candidate.dropFirst(name.count)
        return rest.isEmpty || rest.wholeMatch(of: /-[0-9]{8}t[0-9]{4}z/) != nil
    }

    /// The manifest's text under its stamped name.
    package static func apply(to text: String, file: String, name: String, at date: Date) throws -> String {
        let override = try Override("name=" + Self.name(name, at: date))
        return try Override.edit(bytes: Array(text.utf8), file: file, overrides: [override])
    }
}
