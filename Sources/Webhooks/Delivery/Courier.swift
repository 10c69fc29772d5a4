import Common
import Foundation
import Ledger
import Manifests
import OperatingSystem
import Synchronization

/// Delivers every hook's messages, each hook's in order and one at a time, over one libcurl loop on a thread of its own:
/// a hook that hangs delays no other, and none delays a job.
package final class Courier: Sendable {
    /// What is to be delivered to, and how far the thread has taken it over.
    private struct Wanted {
        var hooks: [ResolvedHook]
        var generation = 1
        /// The generation for which the ledger was put in order.
        var tidied = 0
    }

    private let wanted: Mutex<Wanted>
    private let ledger: Ledger
    private let settings: DeliverySettings
    private let log: @Sendable (String) -> Void
    private let loop: TransferLoop
    private let bell = Bell()
    private let troubles: Troubles
    private let waits = WaitTimes()
    /// Another process may have queued something (`lorad retry`), and none of them can wake this one.
    private static let idle = 5.0

    /// Throws `.system` where libcurl does not start.
    package init(
        _ hooks: [ResolvedHook], ledger: Ledger, settings: DeliverySettings, troubles: Troubles,
        log: @escaping @Sendable (String) -> Void
    ) throws {
        self.troubles = troubles
        wanted = Mutex(Wanted(hooks: hooks))
        self.ledger = ledger
        self.settings = settings
        self.log = log
        loop = try TransferLoop()
    }

    /// Delivers from now on.
    package func start() {
        WorkerThread.start(name: "webhooks", stackSize: 1 << 20) { [self] in
            deliverUntilStopped()
            bell.finish()
        }
    }

    /// Delivers to other hooks from now on. What waits for one that is gone, or that is of another kind now, is given
    /// up; what waits for one that leads elsewhere is tried at once.
    package func replace(_ hooks: [ResolvedHook]) {
        wanted.withLock { wanted in
            wanted.hooks = hooks
            wanted.generation += 1
        }
        loop.wake()
    }

    /// Tells that the ledger may hold something new.
    package func wake() { loop.wake() }

    /// Breaks off what is under way, as if it had not been tried, and waits for the thread.
    package func stop() {
        bell.stop()
        loop.wake()
        bell.waitUntilFinished()
    }

    /// True when no first attempt is still to be made and no retry is due.
    package func isSettled() throws -> Bool {
        let wanted = wanted.withLock { $0 }
        guard wanted.tidied == wanted.generation else { return false }
        return try wanted.hooks.allSatisfy { hook in
            guard let next = try ledger.nextDelivery(for: hook.hook.name) else { return true }
            return next.attempts > 0 && left(of: next) > 0
        }
    }

    /// Where one hook stands.
    private struct Lane {
        var hook: ResolvedHook
        var active: (delivery: DeliveryRecord, transfer: Transfer)?
        /// Made, and not yet in the ledger: recorded before anything else is sent, so that a full disk does not send
        /// the same message over and over.
        var unrecorded: Attempt?
        /// The ledger could not say what is next.
        var isHeld = false
        /// `systemUptime` before which nothing is sent.
        var notBefore = 0.0
    }

    /// The thread's own.
    private struct Board {
        var lanes: [Lane] = []
        var generation = 0
        /// What the ledger is still to be told, before anything more is sent: attempts of hooks that are gone, and hooks
        /// that lead elsewhere.
        var unrecorded: [Attempt] = []
        var hurried: Set<String> = []
        var isTidy = true
        /// Of the hooks that there are now, by their names.
        var kinds: [String: String] {
            Dictionary(
                lanes.map { ($0.hook.hook.name, $0.hook.hook.kind.rawValue) }, uniquingKeysWith: { first, _ in first })
        }
        /// Nothing went wrong in this round, and the ledger has what it is to be told.
        var isWell: Bool { isTidy && !lanes.contains { $0.unrecorded != nil || $0.isHeld } }
    }

    private struct Attempt {
        let delivery: DeliveryRecord
        let result: String
        let verdict: DeliveryVerdict
        let time: Date
        /// `systemUptime` at that time.
        let uptime: Double
    }

    private func deliverUntilStopped() {
        var board = Board()
        while !bell.isStopped {
            adopt(&board)
            tidy(&board)
            var wait = Self.idle
            if board.isTidy {
                for index in board.lanes.indices { wait = min(wait, advance(&board.lanes[index])) }
            }
            if board.isWell { troubles.clear("webhooks") }
            for (transfer, ending) in loop.run(seconds: wait) {
                guard let index = board.lanes.firstIndex(where: { $0.active?.transfer === transfer }) else { continue }
                finish(&board.lanes[index], ending)
            }
        }
        loop.cancelAll()
    }

    /// Makes lanes of the hooks that are wanted now. A hook that stays keeps what it has under way.
    private func adopt(_ board: inout Board) {
        let (hooks, generation) = wanted.withLock { ($0.hooks, $0.generation) }
        guard generation != board.generation else { return }
        var old = Dictionary(board.lanes.map { ($0.hook.hook.name, $0) }, uniquingKeysWith: { first, _ in first })
        board.lanes = hooks.map { hook in
            guard var lane = old[hook.hook.name], lane.hook.hook.kind == hook.hook.kind else { return Lane(hook: hook) }
            old[hook.hook.name] = nil
            if hook.leadsElsewhere(than: lane.hook) {
                lane.notBefore = 0
                board.hurried.insert(hook.hook.name)
            }
            lane.hook = hook
            return lane
        }
        for lane in old.values {
            if let active = lane.active { loop.cancel(active.transfer) }
            if let attempt = lane.unrecorded { board.unrecorded.append(attempt) }
        }
        board.generation = generation
        board.isTidy = false
    }

    /// Puts the ledger in order after a change of hooks. Where it cannot be written that is tried again, and nothing is
    /// sent until then: it could be what was to be given up.
    private func tidy(_ board: inout Board) {
        guard !board.isTidy else { return }
        do {
            while let attempt = board.unrecorded.last {
                try record(attempt)
                board.unrecorded.removeLast()
            }
            for (hook, (reason, count)) in try ledger.giveUpOrphans(among: board.kinds) {
                log("webhook '\(hook)': \(count) waiting deliveries were given up: \(reason.rawValue)")
            }
            try ledger.hurry(board.hurried)
            board.hurried = []
            board.isTidy = true
            wanted.withLock { $0.tidied = board.generation }
        } catch {
            tell(error)
        }
    }

    /// Starts the hook's next request where one is due; returns how long to wait before looking again.
    private func advance(_ lane: inout Lane) -> Double {
        do {
            if lane.active != nil { return Self.idle }
            let pause = lane.notBefore - ProcessInfo.processInfo.systemUptime
            if pause > 0 { return pause }
            if let attempt = lane.unrecorded {
                try record(attempt)
                lane.unrecorded = nil
            }
            let next = try ledger.nextDelivery(for: lane.hook.hook.name)
            lane.isHeld = false
            guard let delivery = next else { return Self.idle }
            let wait = left(of: delivery)
            return wait > 0 ? wait : begin(delivery, &lane)
        } catch {
            tell(error)
            lane.isHeld = true
            lane.notBefore = ProcessInfo.processInfo.systemUptime + Self.idle
            return Self.idle
        }
    }

    /// Seconds before a delivery may be tried; zero or less for now. A first attempt waits for nothing: where its time is
    /// yet to come, the clock was set back since.
    private func left(of delivery: DeliveryRecord) -> Double {
        guard delivery.attempts > 0 else { return 0 }
        return waits.left(delivery.id, until: delivery.dueAt, longest: settings.longestWait)
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
        let spacing = max(ChatServices.of(lane.hook.hook.kind).spacing, ending.pause)
        lane.notBefore = ProcessInfo.processInfo.systemUptime + spacing
        settle(&lane, delivery, ending.outcome)
    }

    private func settle(_ lane: inout Lane, _ delivery: DeliveryRecord, _ outcome: PostOutcome) {
        let (now, uptime) = (Date(), ProcessInfo.processInfo.systemUptime)
        let verdict = RetryPolicy(settings: settings)
            .verdict(outcome, kind: lane.hook.hook.kind, attempts: delivery.attempts + 1, now: now)
        let attempt = Attempt(
            delivery: delivery, result: RetryPolicy.words(outcome), verdict: verdict, time: now, uptime: uptime)
        lane.unrecorded = attempt
        report(attempt, hook: lane.hook.hook.name)
        do {
            try record(attempt)
            lane.unrecorded = nil
        } catch {
            tell(error)
            lane.notBefore = ProcessInfo.processInfo.systemUptime + Self.idle
        }
    }

    private func record(_ attempt: Attempt) throws {
        try ledger.recordAttempt(
            attempt.delivery.id, hook: attempt.delivery.hook, result: attempt.result, verdict: attempt.verdict,
            now: attempt.time)
        if case .tryAgain(let end) = attempt.verdict {
            // From now on, not from the next look at the hook, before which somebody may set the clock.
            let seconds = end.timeIntervalSince(attempt.time)
            waits.begin(attempt.delivery.id, until: end, seconds: seconds, uptime: attempt.uptime)
        } else {
            waits.forget(attempt.delivery.id)
        }
    }

    /// Where the ledger cannot be written, each look at each hook finds that out anew.
    private func tell(_ error: any Error) {
        guard troubles.isNew(error, for: "webhooks") else { return }
        log("webhooks: \(ErrorLines.of(error).joined(separator: " ")) It is tried again.")
    }

    private func report(_ attempt: Attempt, hook: String) {
        let delivery = attempt.delivery
        let about = "webhook '\(hook)', \(delivery.event) of \(delivery.subject): \(attempt.result)"
        switch attempt.verdict {
        case .delivered: break
        case .tryAgain(let at):
            log("\(about); tried again in \(TableFigure.text(at.timeIntervalSince(attempt.time), decimals: 0)) s")
        case .abandon: log("\(about); given up after attempt \(delivery.attempts + 1)")
        case .disableHook:
            log("\(about); warning: the hook is disabled until `lorad webhooks enable \(hook)`")
        }
    }
}
