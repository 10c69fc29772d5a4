import Foundation
import Manifests
import OperatingSystem

/// What runs beside the worker's jobs: the schedule, and the pages of `monitor`.
struct WorkerServices {
    private let pulse: Pulse
    private let scheduler: Scheduler?
    private let monitor: MonitorServer?

    /// With `once`, neither: whoever drains an inbox has a cron of their own.
    init(_ parts: WorkerParts, once: Bool) throws {
        pulse = parts.pulse
        guard !once else {
            scheduler = nil
            monitor = nil
            return
        }
        let settings = parts.live.settings
        // Asked anew each time, as lorad.yaml may be read again.
        let configuration: @Sendable () -> WorkerConfiguration = { [live = parts.live] in live.settings.configuration }
        scheduler = Scheduler(
            { configuration().schedule.map(ScheduleEntry.init) }, ledger: parts.ledger,
            // A reader of its own: hashing a base must not keep manifests waiting.
            submitter: InboxSubmitter(
                configuration: configuration, folders: parts.folders, ledger: parts.ledger,
                reader: parts.live.tools.makeReader("schedule")),
            troubles: parts.troubles, log: settings.log)
        monitor = try settings.configuration.monitor.port.map { port in
            try MonitorServer(
                port: UInt16(port), metrics: Metrics(ledger: parts.ledger, folders: parts.folders, pulse: parts.pulse),
                pulse: parts.pulse, stalledAfter: settings.stalledAfter, troubles: parts.troubles, log: settings.log)
        }
    }

    /// Call it when the inbox is watched.
    func start() throws {
        try monitor?.start()
        scheduler?.start()
        pulse.ready()
    }

    func stop() {
        pulse.stopping()
        scheduler?.stop()
        monitor?.stop()
    }
}
