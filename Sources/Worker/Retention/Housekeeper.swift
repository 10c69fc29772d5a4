import Common
import Foundation
import Ledger
import Manifests
import OperatingSystem

/// Removes what is old and copies the ledger, by `retention` of lorad.yaml, on a thread of its own.
package final class Housekeeper: Sendable {
    /// Seconds between two rounds.
    private static let interval = 600.0
    /// Seconds by which the clock may be set forward without a doubt of what is old.
    private static let believableGain = 86_400.0

    private let folders: WorkerFolders
    private let ledger: Ledger
    private let current: @Sendable () -> WorkerSettings
    private let clock: ClockWatch
    private let troubles: Troubles
    private let bell = Bell()

    /// - Parameter current: the settings, asked anew each time, as lorad.yaml may be read again.
    package init(
        folders: WorkerFolders, ledger: Ledger, clock: ClockWatch = ClockWatch(), troubles: Troubles = Troubles(),
        current: @escaping @Sendable () -> WorkerSettings
    ) {
        self.folders = folders
        self.ledger = ledger
        self.clock = clock
        self.troubles = troubles
        self.current = current
    }

    private var policy: RetentionConfiguration { current().retention }
    private func log(_ line: String) { current().log(line) }

    package func start() {
        WorkerThread.start(name: "housekeeper", stackSize: 1 << 20) { [self] in
            while !bell.isStopped {
                round()
                bell.pause(seconds: Self.interval)
            }
            bell.finish()
        }
    }

    package func stop() {
        bell.stop()
        bell.waitUntilFinished()
    }

    /// Does what is due. What cannot be done is told, and tried again the next time.
    package func round(now: Date = Date()) {
        if isBelievable(now) {
            attempt("old runs") {
                let removed = try RunPruning(folders, ledger, policy: policy).prune(now: now)
                try ledger.recordRemoval(of: removed.map(OutboxVersionPath.of), by: "lorad, retention", now: now)
                for path in removed { log("retention: \(path) was removed") }
            }
            attempt("rejected manifests") { try removeRejected(now: now) }
            attempt("old deliveries") { try removeDeliveries(now: now) }
            attempt("old jobs") { try removeWorkFolders(now: now) }
            attempt("old manifests") { try removeManifests(now: now) }
        }
        attempt("backup") {
            let backup = LedgerBackup(folder: folders.backups)
            guard backup.isDue(everyHours: policy.backupHours, now: now) else { return }
            _ = try backup.make(of: ledger, keep: policy.backups, now: now)
        }
    }

    /// A clock that jumped ahead makes everything old at once, and what is removed stays removed.
    private func isBelievable(_ now: Date) -> Bool {
        let gain = clock.gain(wall: now)
        guard gain > Self.believableGain else {
            troubles.clear("clock")
            return true
        }
        let days = "\(Int(gain / 86_400))"
        if troubles.isNew(fault: "the clock is \(days) days ahead", for: "clock") {
            log(
                "retention: the clock was set forward by \(days) days since this worker started, so nothing is removed; "
                    + "where the clock is right now, start the worker again")
        }
        return false
    }

    private func removeRejected(now: Date) throws {
        let pruning = RejectionPruning(folder: folders.rejected, days: policy.keepRejectedDays)
        let removed = try pruning.prune(now: now) { try ledger.find($0)?.state.isFinal ?? true }
        for path in removed { log("retention: \(path) was removed") }
    }

    private func removeDeliveries(now: Date) throws {
        let limit = now - Double(policy.keepDeliveryDays) * 86_400
        let count = try ledger.pruneDeliveries(endedBefore: limit)
        if count > 0 { log("retention: \(count) deliveries of before \(Timestamp.text(limit)) were removed") }
    }

    private func removeManifests(now: Date) throws {
        let limit = now - Double(policy.keepJobDays) * 86_400
        let count = try ledger.pruneManifests(endedBefore: limit)
        if count > 0 {
            log("retention: \(count) manifests of jobs that ended before \(Timestamp.text(limit)) were removed")
        }
    }

    private func removeWorkFolders(now: Date) throws {
        let limit = now - Double(policy.keepJobDays) * 86_400
        for name in try FileSystem.names(in: folders.jobs) {
            // The folder's own time first: most jobs are younger, and the ledger need not be asked.
            guard let status = FileSystem.status(folders.work(name)),
                Double(status.st_mtim.tv_sec) < limit.timeIntervalSince1970
            else { continue }
            let job = try ledger.find(name)
            guard job.map({ $0.state.isFinal && ($0.finishedAt ?? now) < limit }) ?? true else { continue }
            try? FileManager.default.removeItem(atPath: folders.work(name))
        }
    }

    private func attempt(_ what: String, _ body: () throws -> Void) {
        do {
            try body()
            troubles.clear(what)
        } catch {
            guard troubles.isNew(error, for: what) else { return }
            log("\(what): \(ErrorLines.of(error).joined(separator: " "))")
        }
    }
}
