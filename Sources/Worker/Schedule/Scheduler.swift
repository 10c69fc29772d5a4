import Common
import Foundation
import Ledger
import OperatingSystem

/// Follows lorad.yaml's `schedule` on a thread of its own.
///
/// What is to happen at a time that came due is written into the ledger before it happens, and carries a name of its
/// own (`nightly-20261124t0130z.yaml`), so that a worker that dies at any instant neither loses a run nor makes it
/// twice. Only the latest of several missed times is made up for, and only where it was due not too long ago.
package final class Scheduler: Sendable {
    /// Submits for the scheduler.
    package protocol Submitter: Sendable {
        /// Puts the entry's manifest into the inbox under exactly this name, unless one of that name was ever there, or
        /// says why there was no need. Throws `.unwritable` or `.ledger` where it may be tried again, `IntakeFault.givenUp`
        /// where `isWanted`, asked while it takes time, said false.
        func submit(
            _ entry: ScheduleEntry, due: Date, file: String, isWanted: () -> Bool
        ) throws -> (ScheduledRun.State, String?)
    }

    private let entries: @Sendable () -> [ScheduleEntry]
    private let ledger: Ledger
    private let submitter: any Submitter
    private let log: @Sendable (String) -> Void
    private let bell = Bell()
    private let troubles: Troubles
    /// The clock may be set, and the machine may sleep.
    private static let longestWait = 30.0

    /// - Parameter entries: asked at every look, as lorad.yaml may be read again.
    package init(
        _ entries: @escaping @Sendable () -> [ScheduleEntry], ledger: Ledger, submitter: any Submitter,
        troubles: Troubles = Troubles(), log: @escaping @Sendable (String) -> Void
    ) {
        self.entries = entries
        self.ledger = ledger
        self.submitter = submitter
        self.troubles = troubles
        self.log = log
    }

    package func start() {
        WorkerThread.start(name: "schedule", stackSize: 8 << 20) { [self] in
            while !bell.isStopped { bell.wait(seconds: look()) }
            bell.finish()
        }
    }

    package func stop() {
        bell.stop()
        bell.waitUntilFinished()
    }

    private func look() -> Double {
        do {
            let now = Date()
            let next = try tick(now: now)
            troubles.clear("schedule")
            guard let next else { return Self.longestWait }
            return min(max(next.timeIntervalSince(now), 0.05), Self.longestWait)
        } catch {
            if troubles.isNew(error, for: "schedule") {
                log("schedule: \(ErrorLines.of(error).joined(separator: " ")) It is tried again.")
            }
            return Self.longestWait
        }
    }

    /// Does what is due; returns when something will be.
    package func tick(now: Date) throws -> Date? {
        let entries = entries()
        var next: Date?
        for entry in entries {
            let due = try advance(entry, now: now)
            next = [next, due].compactMap { $0 }.min()
        }
        for run in try ledger.scheduledRuns(.decided) where !bell.isStopped { try carryOut(run, entries) }
        return next
    }

    /// Decides about the times that passed; returns the entry's next one.
    private func advance(_ entry: ScheduleEntry, now: Date) throws -> Date? {
        guard let handled = try ledger.scheduleHandledUntil(entry.name, rule: entry.rule),
            // A clock that was once far ahead would otherwise silence the entry until then.
            handled < now + 86_400
        else {
            try ledger.beginSchedule(entry.name, rule: entry.rule, at: now)
            let next = entry.table.next(after: now)
            log("schedule \(entry.name): first due at \(next.map(Timestamp.text) ?? "no time")")
            return next
        }
        var passed = 0
        var latest: Date?
        var next = entry.table.next(after: handled)
        while let due = next, due <= now {
            (latest, passed) = (due, passed + 1)
            next = entry.table.next(after: due)
        }
        guard let latest else { return next }
        if passed > 1 { log("schedule \(entry.name): \(passed - 1) earlier times were missed and are not made up for") }
        let lateness = now.timeIntervalSince(latest)
        let isMissed = lateness > max(entry.catchUp, 60)
        if isMissed { log("schedule \(entry.name): the run due at \(Timestamp.text(latest)) was missed") }
        let detail = isMissed ? "nobody was there until \(Timestamp.text(now))" : nil
        try ledger.decide(
            ScheduledRun(entry: entry.name, due: latest, state: isMissed ? .missed : .decided, detail: detail),
            rule: entry.rule)
        return next
    }

    private func carryOut(_ run: ScheduledRun, _ entries: [ScheduleEntry]) throws {
        guard let entry = entries.first(where: { $0.name == run.entry }) else {
            try ledger.conclude(run, as: .failed, detail: "lorad.yaml has no such entry any more")
            return troubles.clear("schedule \(run.entry)")
        }
        let file = NightlyManifest.fileName(of: entry.manifest, at: run.due)
        do {
            let (state, detail) = try submitter.submit(entry, due: run.due, file: file) { !bell.isStopped }
            try ledger.conclude(run, as: state, detail: detail)
            log("schedule \(entry.name): \(state.rawValue)" + (detail.map { ", \($0)" } ?? ""))
            troubles.clear("schedule \(entry.name)")
        } catch IntakeFault.givenUp {
            // The worker ends; the next one finds the run as it was decided.
        } catch let error as any Fault where error.mayPass || (error as? WorkerError)?.code == .ledger {
            guard troubles.isNew(error, for: "schedule \(entry.name)") else { return }
            log("schedule \(entry.name): \(ErrorLines.of(error).joined(separator: " ")) It is tried again.")
        } catch {
            let reason = ErrorLines.of(error).joined(separator: " ")
            // Not told before the ledger has it: while that has no room it is tried again and again.
            try ledger.conclude(run, as: .failed, detail: reason)
            log("schedule \(entry.name): failed: \(reason)")
            troubles.clear("schedule \(entry.name)")
        }
    }
}
