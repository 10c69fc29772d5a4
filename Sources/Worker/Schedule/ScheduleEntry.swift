import Foundation
import Manifests

/// An entry of lorad.yaml's `schedule`, ready to be followed.
package struct ScheduleEntry: Sendable {
    package let name: String
    package let table: TimeTable
    /// Expression and time zone as text: where either is changed, the entry starts anew.
    package let rule: String
    package let manifest: String
    /// `key=value`.
    package let settings: [String]
    /// Seconds.
    package let catchUp: Double
    package let again: Bool

    package init(_ configuration: ScheduleConfiguration) {
        let zone = configuration.timeZone.flatMap(TimeZone.init(identifier:)) ?? .current
        name = configuration.name
        table = TimeTable(configuration.cron, zone: zone)
        rule = configuration.cron.text + " " + zone.identifier
        manifest = configuration.manifest
        settings = configuration.set
        catchUp = configuration.catchUpHours * 3_600
        again = configuration.again
    }
}
