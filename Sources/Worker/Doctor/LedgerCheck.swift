import Common
import Foundation
import GRDB
import Manifests
import Pipeline

/// The ledger's file: whether it is whole, and durable in the way that the worker sets it.
struct LedgerCheck {
    let path: String
    let hooks: [HookConfiguration]

    private var file: LedgerFile {
        LedgerFile(path: path, backups: URL(fileURLWithPath: path).deletingLastPathComponent().path + "/backups")
    }

    func findings(now: Date = Date()) -> [Finding] {
        do {
            try file.requirePresence()
        } catch let error as WorkerError {
            return [Finding("ledger", error.message, .problem, advice: error.advice)]
        } catch {}
        guard FileSystem.exists(path) else { return [Finding("ledger", "\(path), made when it is needed")] }
        do {
            return try read(now: now)
        } catch {
            let reason = (error as? DatabaseError)?.message ?? error.localizedDescription
            return [
                Finding(
                    "ledger", "\(path) cannot be read: \(reason)", .problem,
                    advice: "Run as the worker's user; if that is so, stop the worker and put back a backup.")
            ]
        }
    }

    private func read(now: Date) throws -> [Finding] {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        return try DatabaseQueue(path: path, configuration: configuration).read { database in
            let check = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "no answer"
            let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "unknown"
            let newest = try Int64.fetchOne(
                database, sql: "SELECT max(max(submitted_at), max(coalesce(finished_at, 0))) FROM jobs")
            return [whole(check), durable(journal), ordered(newest.map(Timestamp.date), now: now)]
                + (try DeliveryCheck(hooks: hooks).findings(database, now: now))
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
