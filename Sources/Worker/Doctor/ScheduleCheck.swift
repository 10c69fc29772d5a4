import Common
import Foundation
import Manifests
import OperatingSystem
import Pipeline

/// Whether what `schedule` names can be submitted, and when it will be.
struct ScheduleCheck {
    let configuration: WorkerConfiguration

    func findings(now: Date = Date()) -> [Finding] {
        configuration.schedule.map { entry in
            let name = "schedule \(entry.name)"
            let next = ScheduleEntry(entry).table.next(after: now).map(Timestamp.text) ?? "never"
            let value = "\(entry.cron.text), next at \(next)"
            do {
                let manifest = try NightlyManifest(path: entry.manifest, settings: entry.set, configuration)
                _ = try manifest.stamped(at: now, configuration)
                return Finding(name, value)
            } catch {
                return Finding(
                    name, value + "; " + ErrorLines.of(error).joined(separator: " "), .problem,
                    advice: "lorad validate \(entry.manifest)")
            }
        }
    }
}
