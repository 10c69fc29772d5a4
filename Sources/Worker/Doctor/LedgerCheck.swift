import Common
import Foundation
import Ledger
import Manifests
import OperatingSystem
import Pipeline

/// The ledger's file: whether it is whole, and durable in the way that the worker sets it.
struct LedgerCheck {
    let path: String
    let hooks: [HookConfiguration]
    let exports: ExportCheck

    private var backups: String { URL(fileURLWithPath: path).deletingLastPathComponent().path + "/backups" }

    func findings(now: Date = Date()) -> [Finding] {
        do {
            try LedgerInspection.requirePresence(path, backups: backups)
        } catch {
            let fault = error as? any Fault
            return [Finding("ledger", fault?.message ?? error.localizedDescription, .problem, advice: fault?.advice)]
        }
        guard FileSystem.exists(path) else { return [Finding("ledger", "\(path), made when it is needed")] }
        do {
            let ledger = try LedgerInspection(path)
            return [whole(ledger.check), durable(ledger.journal), ordered(ledger.newest, now: now)]
                + (ledger.queue.map { DeliveryCheck(hooks: hooks).findings($0, now: now) } ?? [])
                + exports.findings(ledger.failedExports)
        } catch {
            let reason = (error as? LedgerInspection.Unreadable)?.reason ?? error.localizedDescription
            return [
                Finding(
                    "ledger", "\(path) cannot be read: \(reason)", .problem,
                    advice: "Run as the worker's user; if that is so, stop the worker and put back a backup.")
            ]
        }
    }

    private func whole(_ check: String) -> Finding {
        check == "ok"
            ? Finding("ledger", "\(path), quick_check ok")
            : Finding(
                "ledger", "\(path) is damaged: \(check)", .problem,
                advice: "Stop the worker, keep a copy of the file, and put back a backup.")
    }

    private func durable(_ journal: String) -> Finding {
        journal == "wal"
            ? Finding("ledger_pragmas", "journal_mode wal; synchronous FULL is set and read back at every start")
            : Finding(
                "ledger_pragmas", "journal_mode \(journal), expected wal", .warning,
                advice: "The next worker sets it; where that fails, `state` lies on a disk that cannot do it.")
    }

    /// Retries and schedules go by the wall's clock.
    private func ordered(_ newest: Date?, now: Date) -> Finding {
        guard let newest, newest > now + 60 else { return Finding("ledger_clock", "no entry is from the future") }
        return Finding(
            "ledger_clock", "its newest entry is from \(Timestamp.text(newest)), which is yet to come", .problem,
            advice: "The clock was set back. Set it right: retries and schedules wait for their time.")
    }
}
