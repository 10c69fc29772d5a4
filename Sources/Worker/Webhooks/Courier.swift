import Foundation

/// Delivers one hook's messages in order, on a thread of its own: a hook that hangs delays nobody else.
final class Courier: Sendable {
    let hook: ResolvedHook
    private let ledger: Ledger
    private let settings: DeliverySettings
    private let log: @Sendable (String) -> Void
    private let bell = Bell()

    init(
        _ hook: ResolvedHook, ledger: Ledger, settings: DeliverySettings, log: @escaping @Sendable (String) -> Void
    ) {
        self.hook = hook
        self.ledger = ledger
        self.settings = settings
        self.log = log
    }

    func start() {
        WorkerThread.start(name: "hook \(hook.hook.name)", stackSize: 1 << 20) { [self] in
            deliverUntilStopped()
            bell.finish()
        }
    }

    /// Tells that the ledger may hold something new.
    func wake() { bell.ring() }

    /// Breaks off what is under way and waits for the thread.
    func stop() {
        bell.stop()
        bell.waitUntilFinished()
    }

    /// True when no first attempt is still to be made and no retry is due.
    func isSettled() throws -> Bool {
        guard let next = try ledger.nextDelivery(for: hook.hook.name) else { return true }
        return next.attempts > 0 && next.dueAt > Date()
    }

    private func deliverUntilStopped() {
        while !bell.isStopped {
            do {
                bell.wait(seconds: try deliverNext())
            } catch {
                log("webhook '\(hook.hook.name)': \(error.localizedDescription)")
                bell.wait(seconds: 5)
            }
        }
    }

    /// Makes one attempt where one is due; returns how long to wait before looking again.
    private func deliverNext() throws -> Double {
        // Another process may have queued something (`lorad retry`), and none of them can ring.
        let idle = 5.0
        guard let delivery = try ledger.nextDelivery(for: hook.hook.name) else { return idle }
        let wait = delivery.dueAt.timeIntervalSinceNow
        if wait > 0 { return min(wait, idle) }
        let post = WebhookPost(hook: hook, settings: settings) { [bell] in bell.isStopped }
        let outcome = post.send(id: delivery.id, body: delivery.body)
        if outcome == .stopped { return 0 }
        let now = Date()
        let verdict = RetryPolicy(settings: settings).verdict(outcome, attempts: delivery.attempts + 1, now: now)
        let result = RetryPolicy.words(outcome)
        try ledger.recordAttempt(delivery.id, hook: hook.hook.name, result: result, verdict: verdict, now: now)
        report(delivery, result: result, verdict: verdict, now: now)
        bell.pause(seconds: hook.hook.kind.spacing)
        return 0
    }

    private func report(_ delivery: DeliveryRecord, result: String, verdict: DeliveryVerdict, now: Date) {
        let about = "webhook '\(hook.hook.name)', \(delivery.event) of job \(delivery.job): \(result)"
        switch verdict {
        case .delivered: break
        case .retry(let at):
            log("\(about); tried again in \(Figure.text(at.timeIntervalSince(now), decimals: 0)) s")
        case .abandon: log("\(about); given up after attempt \(delivery.attempts + 1)")
        case .disableHook: log("\(about); the hook is disabled until it is enabled again")
        }
    }
}

extension HookKind {
    /// Least seconds between two posts: Slack takes about one a second, Discord five in two.
    fileprivate var spacing: Double {
        switch self {
        case .slack: 1
        case .discord: 0.4
        case .generic: 0
        }
    }
}
