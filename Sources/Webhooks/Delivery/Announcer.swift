import Foundation
import Ledger
import Manifests

/// Tells the configured hooks of jobs, each in its service's form.
package struct Announcer: JobAnnouncer {
    private let current: @Sendable () -> [Hook]
    private let reportURL: String?

    /// - Parameter reportURL: `report_url` of lorad.yaml.
    package init(hooks: [Hook], reportURL: String? = nil) { self.init(reportURL: reportURL) { hooks } }

    /// - Parameter current: asked within each transaction, as lorad.yaml may be read again.
    package init(reportURL: String? = nil, current: @escaping @Sendable () -> [Hook]) {
        self.reportURL = reportURL
        self.current = current
    }

    /// The hooks as they are configured now.
    package var hooks: [Hook] { current() }

    package func deliveries(
        of event: JobEvent, job: JobRecord, disabled: Set<String>, now: Date
    ) throws -> [NewDelivery] {
        let message = JobMessage(event: event, job: job, time: now, reportURL: reportURL)
        return try hooks.filter { hook in
            hook.hears(HookEvent(event), ofJob: job.name, stamp: job.stamp) && !disabled.contains(hook.name)
                && job.notify?.contains(hook.name) ?? true
        }
        .map { hook in
            let body = try ChatServices.of(hook.kind).body(of: message)
            return NewDelivery(hook: hook.name, kind: hook.kind.rawValue, body: body)
        }
    }
}

extension HookEvent {
    /// As lorad.yaml's `events` names it.
    package init(_ event: JobEvent) {
        switch event {
        case .queued: self = .queued
        case .started: self = .started
        case .succeeded: self = .succeeded
        case .failed: self = .failed
        case .rejected: self = .rejected
        case .cancelled: self = .cancelled
        }
    }
}
