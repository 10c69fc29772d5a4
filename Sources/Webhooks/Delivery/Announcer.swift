import Foundation
import Ledger
import Manifests

/// Tells the configured hooks of jobs and aliases, each in its service's form.
package struct Announcer: JobAnnouncer, AliasAnnouncer {
    private let current: @Sendable () -> [Hook]
    private let notifyDefault: @Sendable () -> [String]
    /// Names of hooks that hear of aliases beside those of `notify_default`.
    private var also: [String] = []
    private let reportURL: String?

    /// - Parameters:
    ///   - notifyDefault: `notify_default` of lorad.yaml: the hooks that hear of aliases.
    ///   - reportURL: `report_url` of lorad.yaml.
    package init(hooks: [Hook], notifyDefault: [String] = [], reportURL: String? = nil) {
        self.init(reportURL: reportURL, notifyDefault: { notifyDefault }, current: { hooks })
    }

    /// - Parameter current: asked within each transaction, as is `notifyDefault`: lorad.yaml may be read again.
    package init(
        reportURL: String? = nil, notifyDefault: @escaping @Sendable () -> [String],
        current: @escaping @Sendable () -> [Hook]
    ) {
        self.reportURL = reportURL
        self.notifyDefault = notifyDefault
        self.current = current
    }

    /// The same, and aliases are told to these hooks too: those of the job whose run is promoted.
    package func telling(_ hooks: [String]) -> Announcer {
        var copy = self
        copy.also += hooks
        return copy
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
        .map { try Self.delivery(of: message, to: $0) }
    }

    package func deliveries(
        of move: AliasMove, name: String, from: AdapterVersion?, to: AdapterVersion?, disabled: Set<String>
    ) throws -> [NewDelivery] {
        let message = AliasMessage(move, name: name, from: from, to: to, reportURL: reportURL)
        let named = notifyDefault() + also
        return try hooks.filter {
            named.contains($0.name) && $0.hears(.aliasMoved, ofJob: name) && !disabled.contains($0.name)
        }
        .map { try Self.delivery(of: message, to: $0) }
    }

    /// What hooks that are named hear of an export, whatever their `events`.
    package func deliveries(of message: ExportMessage, toHooks names: [String]) throws -> [NewDelivery] {
        try hooks.filter { names.contains($0.name) }.map { try Self.delivery(of: message, to: $0) }
    }

    private static func delivery(of message: any HookMessage, to hook: Hook) throws -> NewDelivery {
        let body = try ChatServices.of(hook.kind).body(of: message)
        return NewDelivery(hook: hook.name, kind: hook.kind.rawValue, body: body)
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
