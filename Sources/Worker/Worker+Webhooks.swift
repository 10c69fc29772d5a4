import Foundation
import Ledger
import Manifests
import OperatingSystem
import Views
import Webhooks

/// What `lorad webhooks` does.
extension Worker {
    /// Deliveries, the latest last; each condition that is given must hold.
    package func deliveries(
        hook: String? = nil, job: String? = nil, state: DeliveryRecord.State? = nil, limit: Int? = nil
    ) throws -> [DeliveryRecord] {
        guard let ledger = try ledger() else {
            if let job { throw Ledger.noJob(job) }
            return []
        }
        let id = try job.map { try ledger.resolve($0).id }
        let found = try ledger.deliveries(of: id).filter { delivery in
            (hook == nil || delivery.hook == hook) && (state == nil || delivery.state == state)
        }
        return limit.map(found.suffix) ?? found
    }

    /// Hooks that answered 410, with what they said.
    package func disabledHooks() throws -> [String: String] { try ledger()?.disabledHooks() ?? [:] }

    /// Queues deliveries again: those named, and all that `hook` was given up on. The worker sends them.
    package func replay(ids: [String], hook: String?) throws -> [DeliveryRecord] {
        let ledger = try ledger()
        let disabled = try ledger?.disabledHooks() ?? [:]
        if let hook { _ = try configured(hook) }
        let all = try ledger?.deliveries() ?? []
        let abandoned = all.filter { $0.hook == hook && $0.state == .abandoned }.map(\.id)
        // All are looked at before one is touched.
        let wanted = all.filter { ids.contains($0.id) || abandoned.contains($0.id) }
        if let unknown = ids.first(where: { id in !wanted.contains { $0.id == id } }) {
            throw WorkerError(
                .webhook, "No delivery has the id \(unknown).", advice: "`lorad webhooks list` lists them.")
        }
        for delivery in wanted {
            let kind = try configured(delivery.hook).kind
            guard kind.rawValue == delivery.kind ?? kind.rawValue else {
                throw WorkerError(
                    .webhook,
                    "Delivery \(delivery.id) was made for a hook of the kind \(delivery.kind ?? ""); "
                        + "'\(delivery.hook)' is \(kind.rawValue) now, and could not read it.")
            }
        }
        for name in Set(wanted.map(\.hook)) {
            guard disabled[name] == nil else {
                throw WorkerError(
                    .webhook, "The webhook '\(name)' is disabled: it answered 410.",
                    advice: "`lorad webhooks enable \(name)` first.")
            }
        }
        return try wanted.compactMap { try ledger?.replay($0.id) }
    }

    /// Lets a hook that was disabled by a 410 hear of later events again.
    package func enableHook(_ name: String) throws {
        let hook = try configured(name)
        try ledger()?.enableHook(hook.name)
    }

    /// Sends a hook a message of the type `webhook.test`, now and once; nothing of it reaches the ledger.
    package func testHook(
        _ name: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> HookTest {
        let hook = try ResolvedHook(try configured(name), environment: environment)
        let message = JobMessage.test(now: Date())
        let id = Identifier.delivery()
        let outcome = WebhookPost(hook: hook, settings: settings.delivery)
            .send(id: id, body: try ChatServices.of(hook.hook.kind).body(of: message))
        let verdict = RetryPolicy(settings: settings.delivery)
            .verdict(outcome, kind: hook.hook.kind, attempts: 1, now: Date())
        return HookTest(id: id, hook: name, delivered: verdict == .delivered, result: RetryPolicy.words(outcome))
    }

    private func configured(_ name: String) throws -> Hook {
        if let hook = settings.hooks.first(where: { $0.name == name }) { return hook }
        let names = settings.hooks.map(\.name)
        throw WorkerError(
            .webhook, "lorad.yaml has no webhook '\(name)'.",
            advice: names.isEmpty ? "It has none at all." : "It has: " + names.joined(separator: ", ") + ".")
    }
}
