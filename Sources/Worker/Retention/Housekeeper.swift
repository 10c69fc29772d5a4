import Foundation

/// Removes what is old and copies the ledger, by `retention` of lorad.yaml, on a thread of its own.
final class Housekeeper: Sendable {
    /// Seconds between two rounds.
    private static let interval = 600.0

    private let folders: WorkerFolders
    private let ledger: Ledger
    private let live: LiveSettings
    private let bell = Bell()

    init(folders: WorkerFolders, ledger: Ledger, live: LiveSettings) {
        self.folders = folders
        self.ledger = ledger
        self.live = live
    }

    func start() {
        WorkerThread.start(name: "housekeeper", stackSize: 1 << 20) { [self] in
            while !bell.isStopped {
                round()
                bell.pause(seconds: Self.interval)
            }
            bell.finish()
        }
    }

    func stop() {
        bell.stop()
        bell.waitUntilFinished()
    }

    /// Does what is due. What cannot be done is told, and tried again the next time.
    func round(now: Date = Date()) {
        attempt("old runs") {
            let removed = try RunPruning(outbox: folders.outbox, policy: live.settings.retention).prune(now: now)
            for path in removed { live.settings.log("retention: \(path) was removed") }
        }
        attempt("old jobs") { try removeWorkFolders(now: now) }
        attempt("backup") {
            let policy = live.settings.retention
            let backup = LedgerBackup(folder: folders.backups)
            guard backup.isDue(everyHours: policy.backupHours, now: now) else { return }
            _ = try backup.make(of: ledger, keep: policy.backups, now: now)
        }
    }

    private func removeWorkFolders(now: Date) throws {
        let limit = now - Double(live.settings.retention.keepJobDays) * 86_400
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
        } catch {
            live.settings.log("\(what): \(PipelineRunner.lines(error).joined(separator: " "))")
        }
    }
}
