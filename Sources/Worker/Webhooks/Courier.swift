import Foundation
import Manifests

/// Delivers every hook's messages, each hook's in order and one at a time, over one libcurl loop on a thread of its own:
/// a hook that hangs delays no other, and none delays a job.
final class Courier: Sendable {
    private let hooks: [ResolvedHook]
    private let ledger: Ledger
    private let settings: DeliverySettings
    private let log: @Sendable (String) -> Void
    private let loop: TransferLoop
    private let bell = Bell()
    /// Another process may have queued something (`lorad retry`), and none of them can wake this one.
    private static let idle = 5.0

    init(
        _ hooks: [ResolvedHook], ledger: Ledger, settings: DeliverySettings, log: @escaping @Sendable (String) -> Void
    ) throws {
        self.hooks = hooks
        self.ledger = ledger
        self.settings = settings
        self.log = log
        loop = try TransferLoop()
    }

    func start() {
        guard !hooks.isEmpty else { return bell.finish() }
        WorkerThread.start(name: "webhooks", stackSize: 1 << 20) { [self] in
            deliverUntilStopped()
            bell.finish()
        }
    }

    /// Tells that the ledger may hold something new.
    func wake() { loop.wake() }

    /// Breaks off what is under way, as if it had not been tried, and waits for the thread.
    func stop() {
        bell.stop()
        loop.wake()
        bell.waitUntilFinished()
    }

    /// True when no first attempt is still to be made and no retry is due.
    func isSettled() throws -> Bool {
        try hooks.allSatisfy { hook in
            guard let next = try ledger.nextDelivery(for: hook.hook.name) else { return true }
            return next.attempts > 0 && next.dueAt > Date()
        }
    }

    /// Where one hook stands.
    private struct Lane {
        let hook: ResolvedHook
        var active: (delivery: DeliveryRecord, transfer: Transfer)?
        /// Made, and not yet in the ledger: recorded before anything else is sent, so that a full disk does not send
        /// the same message over and over.
        var unrecorded: Attempt?
        /// `systemUptime` before which nothing is sent.
        var notBefore = 0.0
    }

    private struct Attempt {
        let delivery: DeliveryRecord
        let result: String
        let verdict: DeliveryVerdict
        let time: Date
    }

    private func deliverUntilStopped() {
        var lanes = hooks.map { Lane(hook: $0) }
        while !bell.isStopped {
            var wait = Self.idle
            for index in lanes.indices { wait = min(wait, advance(&lanes[index])) }
            for (transfer, ending) in loop.run(seconds: wait) {
                guard let index = lanes.firstIndex(where: { $0.active?.transfer === transfer }) else { continue }
                finish(&lanes[index], ending)
            }
        }
        loop.cancelAll()
    }

    /// Starts the hook's next request where one is due; returns how long to wait before looking again.
    private func advance(_ lane: inout Lane) -> Double {
        do {
            if lane.active != nil { return Self.idle }
            let pause = lane.notBefore - ProcessInfo.processInfo.systemUptime
            if pause > 0 { return pause }
            if let attempt = lane.unrecorded { try record(attempt, &lane) }
            guard let delivery = try ledger.nextDelivery(for: lane.hook.hook.name) else { return Self.idle }
            let wait = delivery.dueAt.timeIntervalSinceNow
            if wait > 0 { return wait }
            return begin(delivery, &lane)
        } catch {
            log("webhook '\(lane.hook.hook.name)': \(error.localizedDescription)")
            lane.notBefore = ProcessInfo.processInfo.systemUptime + Self.idle
            return Self.idle
        }
    }

    private func begin(_ delivery: DeliveryRecord, _ lane: inout Lane) -> Double {
        let reason: String
        switch WebhookPost(hook: lane.hook, settings: settings).prepare(id: delivery.id, body: delivery.body) {
        case .success(let transfer):
            if loop.start(transfer) {
                lane.active = (delivery, transfer)
                return Self.idle
            }
            reason = "libcurl could not start"
        case .failure(let refusal): reason = refusal.reason
        }
        settle(&lane, delivery, .failed(reason))
        return 0
    }

    private func finish(_ lane: inout Lane, _ ending: Transfer.Ending) {
        guard let delivery = lane.active?.delivery else { return }
        lane.active = nil
        let spacing = max(lane.hook.hook.kind.spacing, ending.pause)
        lane.notBefore = ProcessInfo.processInfo.systemUptime + spacing
        settle(&lane, delivery, ending.outcome)
    }

    private func settle(_ lane: inout Lane, _ delivery: DeliveryRecord, _ outcome: PostOutcome) {
        let now = Date()
        let verdict = RetryPolicy(settings: settings)
            .verdict(outcome, kind: lane.hook.hook.kind, attempts: delivery.attempts + 1, now: now)
        let attempt = Attempt(
            delivery: delivery, result: RetryPolicy.words(outcome), verdict: verdict, time: now)
        lane.unrecorded = attempt
        report(attempt, hook: lane.hook.hook.name)
        do {
            try record(attempt, &lane)
        } catch {
            log("webhook '\(lane.hook.hook.name)': \(error.localizedDescription)")
            lane.notBefore = ProcessInfo.processInfo.systemUptime + Self.idle
        }
    }

    private func record(_ attempt: Attempt, _ lane: inout Lane) throws {
        try ledger.recordAttempt(
            attempt.delivery.id, hook: lane.hook.hook.name, result: attempt.result, verdict: attempt.verdict,
            now: attempt.time)
        lane.unrecorded = nil
    }

    private func report(_ attempt: Attempt, hook: String) {
        let delivery = attempt.delivery
        let about = "webhook '\(hook)', \(delivery.event) of job \(delivery.job): \(attempt.result)"
        switch attempt.verdict {
        case .delivered: break
        case .retry(let at):
            log("\(about); tried again in \(Figure.text(at.timeIntervalSince(attempt.time), decimals: 0)) s")
        case .abandon: log("\(about); given up after attempt \(delivery.attempts + 1)")
        case .disableHook:
            log("\(about); warning: the hook is disabled until `lorad webhooks enable \(hook)`")
        }
    }
}

extension HookKind {
    /// Least seconds between two posts: Slack takes about one a second, Discord five in two, Teams four in one.
    fileprivate var spacing: Double {
        switch self {
        case .slack: 1
        case .discord: 0.4
        case .teams: 0.25
        case .generic, .mattermost: 0
        }
    }
}
