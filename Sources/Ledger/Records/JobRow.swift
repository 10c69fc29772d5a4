import Foundation
import GRDB
import OperatingSystem

extension JobRecord {
    /// A row of `SELECT * FROM jobs`. Throws `.ledger` where it holds what this lorad never writes.
    init(row: Row) throws {
        let id: String = row["id"]
        let stateText: String = row["state"]
        guard let state = JobState(rawValue: stateText) else {
            throw WorkerError(.ledger, "The ledger gives job \(id) the unknown state '\(stateText)'.")
        }
        func date(_ column: String) -> Date? { (row[column] as Int64?).map(Timestamp.date) }
        var worker: ProcessIdentity?
        if let pid = row["worker_pid"] as Int32?, let start = row["worker_start"] as Int64?,
            let boot = row["boot_id"] as String?
        {
            worker = ProcessIdentity(pid: pid, startTicks: UInt64(bitPattern: start), bootID: boot)
        }
        self.init(
            id: id, name: row["name"], manifestFile: row["manifest_file"], manifestText: row["manifest_text"],
            manifestSHA256: row["manifest_sha256"], notify: try LedgerJSON.decode(row["notify"], of: id), state: state,
            attempt: row["attempt"], crashes: row["crashes"], cancelRequested: row["cancel_requested"],
            submittedAt: Timestamp.date(row["submitted_at"]), startedAt: date("started_at"),
            finishedAt: date("finished_at"), reason: row["reason"], runFolder: row["run_folder"],
            summary: try LedgerJSON.decode(row["summary"], of: id), worker: worker,
            execution: try LedgerJSON.decode(row["execution"], of: id),
            heartbeatAt: date("heartbeat_at"),
            memoryBytes: row["memory_bytes"], priority: row["priority"], retries: row["retries"],
            notBefore: date("not_before"), owner: row["owner"], isForeground: row["foreground"], stamp: row["stamp"],
            wishes: try LedgerJSON.decode(row["wishes"], of: id))
    }
}

extension Database {
    func job(_ id: String) throws -> JobRecord {
        guard let row = try Row.fetchOne(self, sql: "SELECT * FROM jobs WHERE id = ?", arguments: [id]) else {
            throw WorkerError(.unknownJob, "The ledger has no job \(id).")
        }
        return try JobRecord(row: row)
    }
}
