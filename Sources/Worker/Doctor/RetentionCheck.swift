import Common
import Foundation
import Ledger
import Manifests
import OperatingSystem
import Pipeline

/// What is removed and what is kept twice, and whether the copies are being made.
struct RetentionCheck {
    let configuration: WorkerConfiguration

    func findings(now: Date = Date()) -> [Finding] { [policy(), backups(now: now)] }

    private func policy() -> Finding {
        let retention = configuration.retention
        let runs =
            retention.keepRuns.map { "kept: the latest \($0) runs of a name, and those of \(retention.keepDays) days" }
            ?? "kept: every run"
        let failed = retention.keepFailedDays.map { "failed ones \($0) days" } ?? "every failed one"
        let value =
            "\(runs), \(failed), jobs' logs \(retention.keepJobDays) days, deliveries \(retention.keepDeliveryDays), "
            + "rejected manifests \(retention.keepRejectedDays)"
        return Finding("retention", value)
    }

    private func backups(now: Date) -> Finding {
        let hours = configuration.retention.backupHours
        guard hours > 0 else {
            return Finding(
                "backups", "none are made: retention.backup_hours is 0", .warning,
                advice: "Leave the key out for one a day, or copy the ledger in another way.")
        }
        let ledger = configuration.state + "/ledger.sqlite"
        let copies = LedgerBackup(folder: configuration.state + "/backups").copies
        guard let latest = copies.last, let status = FileSystem.status(latest) else {
            return Finding("backups", "every \(hours) h; none yet")
        }
        let age = now.timeIntervalSince1970 - Double(status.st_mtim.tv_sec)
        let value = "every \(hours) h; \(copies.count) there, the latest \(Int(age / 3_600)) h old"
        // A worker that was stopped makes none, and nothing changes meanwhile.
        let changed = FileSystem.status(ledger).map { Double($0.st_mtim.tv_sec) } ?? 0
        guard changed - Double(status.st_mtim.tv_sec) > Double(hours) * 3_600 + 1_200 else {
            return Finding("backups", value)
        }
        return Finding(
            "backups", value + ", and the ledger has changed since", .warning,
            advice: "The worker's log says why none was made (look for `backup:`); `lorad backup` makes one now.")
    }
}
